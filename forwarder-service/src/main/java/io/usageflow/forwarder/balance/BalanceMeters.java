package io.usageflow.forwarder.balance;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.usageflow.forwarder.observe.meter.BalanceMeter;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Records the meters of balances. Thread-safe; close it. */
final class BalanceMeters implements AutoCloseable {
    private final MeterRegistry registry;
    private final List<Meter> mine = new ArrayList<>();
    private final Map<Reading, Counter> readings = new EnumMap<>(Reading.class);

    /** What became of the reading of a wallet. */
    enum Reading {
        WRITTEN,
        NO_CUSTOMER,
        UNCLEAR,
        NOT_WRITTEN,
        AWAY
    }

    BalanceMeters(MeterRegistry registry, WalletSchedule schedule, Set<String> lowAssets, Clock clock) {
        this.registry = registry;
        for (Reading reading : Reading.values()) {
            Counter counter = Counter.builder(BalanceMeter.READINGS.meterName())
                    .description(BalanceMeter.READINGS.doc())
                    .baseUnit(BalanceMeter.READINGS.unit())
                    .tag("result", reading.name().toLowerCase(Locale.ROOT))
                    .register(registry);
            readings.put(reading, counter);
            mine.add(counter);
        }
        mine.add(Gauge.builder(BalanceMeter.ACCOUNTS.meterName(), schedule::accounts)
                .description(BalanceMeter.ACCOUNTS.doc())
                .baseUnit(BalanceMeter.ACCOUNTS.unit())
                .register(registry));
        mine.add(Gauge.builder(
                        BalanceMeter.OVERDUE.meterName(),
                        () -> schedule.overdue(clock.instant()).toMillis() / 1000.0)
                .description(BalanceMeter.OVERDUE.doc())
                .baseUnit(BalanceMeter.OVERDUE.unit())
                .register(registry));
        for (String asset : lowAssets) {
            mine.add(Gauge.builder(BalanceMeter.LOW.meterName(), () -> schedule.low(asset))
                    .description(BalanceMeter.LOW.doc())
                    .baseUnit(BalanceMeter.LOW.unit())
                    .tag("asset", asset)
                    .register(registry));
        }
    }

    void count(Reading reading) {
        Objects.requireNonNull(readings.get(reading)).increment();
    }

    @Override
    public void close() {
        mine.forEach(registry::remove);
    }
}
