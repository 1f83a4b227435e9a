package io.usageflow.producer;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * The state of the local spool. A snapshot: the numbers are read one after the other. Counters start at the opening of
 * the publisher, unless stated otherwise.
 *
 * @param directory {@code spool.dir}
 * @param events events and links that are durable here, and not yet acknowledged by Kafka
 * @param bytes on disk, including set-aside files; shrinks by whole segments
 * @param bytesMax {@code spool.max.bytes}
 * @param oldestAt when the oldest of them was published; empty if there is none
 * @param refused events that were not accepted because there was no room, or because the disk failed
 * @param setAside the current number of files under {@code set-aside}: records that Kafka always refuses, and damaged
 *     segments
 * @param damaged places where a segment could not be read; the library cannot send their records, and keeps the segment
 * @param hindrance why nothing goes to Kafka at the moment, for a log; empty if nothing blocks it
 */
public record SpoolStatus(
        Path directory,
        long events,
        long bytes,
        long bytesMax,
        Optional<Instant> oldestAt,
        long refused,
        long setAside,
        long damaged,
        Optional<String> hindrance) {}
