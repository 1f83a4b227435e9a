package io.usageflow.forwarder.balance;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.usageflow.forwarder.observe.meter.BalanceMeter;
import io.usageflow.forwarder.observe.meter.RegisteredMeters;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Records the meters of balances. Thread-safe; close it. */
final class BalanceMeters implements AutoCloseable {
    private final RegisteredMeters meters;
    private final Map<Reading, Counter> readings;

    /** What became of the reading of a wallet. */
    enum Reading {
        WRITTEN,
        NO_CUSTOMER,
        UNCLEAR,
        NOT_WRITTEN,
        AWAY
    }

    BalanceMeters(MeterRegistry registry, WalletSchedule schedule, Set<String> lowAssets, Clock clock) {
        meters = new RegisteredMeters(registry);
        readings = meters.counters(BalanceMeter.READINGS, Reading.class);
        meters.gauge(BalanceMeter.ACCOUNTS, schedule::accounts);
        meters.gauge(
                BalanceMeter.OVERDUE, () -> schedule.overdue(clock.instant()).toMillis() / 1000.0);
        for (String asset : lowAssets) {
            meters.gauge(BalanceMeter.LOW, () -> schedule.low(asset), asset);
        }
    }

    void count(Reading reading) {
        Objects.requireNonNull(readings.get(reading)).increment();
    }

    @Override
    public void close() {
        meters.close();
    }
}
