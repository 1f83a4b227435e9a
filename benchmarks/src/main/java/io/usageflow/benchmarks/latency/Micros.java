package io.usageflow.benchmarks.latency;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The clock all processes of one machine share. */
final class Micros {
    private Micros() {}

    /** Microseconds of the epoch. */
    static long now() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }
}
