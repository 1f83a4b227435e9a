package io.usageflow.forwarder.publish;

import io.usageflow.forwarder.config.AdmissionSettings;
import io.usageflow.forwarder.config.DurationText;
import io.usageflow.producer.UsageEvent;
import io.usageflow.schema.id.CredytIds;
import io.usageflow.schema.id.Uuids;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The times of events that admission accepts: from now minus the dedup window plus the skew, to now plus the skew.
 * Applies to the time of the usage and to the time in a UUIDv7, as in admission. Immutable.
 */
public record TimeWindow(Instant oldest, Instant newest, Duration window) {
    /** The window of a forwarder with these settings. */
    public static TimeWindow of(AdmissionSettings.Guard guard, Instant now) {
        return new TimeWindow(now.minus(guard.window()).plus(guard.skew()), now.plus(guard.skew()), guard.window());
    }

    /** @param text names what will happen to the event, and the remedy */
    record Fault(boolean future, String text) {}

    Optional<Fault> fault(UsageEvent event) {
        Optional<Fault> byTime = event.isTimeGiven() ? fault("occurred_at", event.occurredAt()) : Optional.empty();
        return byTime.isPresent()
                ? byTime
                : Uuids.timeOf(CredytIds.ofEvent(
                                String.valueOf(event.account()), event.id().value()))
                        .flatMap(time -> fault("the time inside its id", time));
    }

    private Optional<Fault> fault(String what, Instant time) {
        if (time.isBefore(oldest)) {
            return Optional.of(new Fault(
                    false,
                    "warning: " + what + " is " + time + ", older than the dedup window of "
                            + DurationText.write(window)
                            + ": admission will hold this event, and others like it, as TOO_OLD dead"
                            + " letters. Stop now and"
                            + " publish only what is younger than " + oldest + "; where the forwarder has another"
                            + " window, say it with --set admission.dedup.window=..."));
        }
        if (time.isAfter(newest)) {
            return Optional.of(new Fault(
                    true,
                    "warning: " + what + " is " + time + ", later than now: admission will hold this event, and others"
                            + " like it, as IN_FUTURE dead letters. Stop now and check the unit and the zone"));
        }
        return Optional.empty();
    }
}
