package io.usageflow.producer;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * How the local spool stands. All of it is a moment's view: the numbers are read one after the other. Counters count from
 * the opening of the publisher, unless they say otherwise.
 *
 * @param directory {@code spool.dir}
 * @param events events and links that are durable here and that Kafka has not acknowledged yet
 * @param bytes on disk, what was set aside included; shrinks by whole segments
 * @param bytesMax {@code spool.max.bytes}
 * @param oldestAt when the oldest of them was published; empty where there is none
 * @param refused events that were not accepted for want of room, or because the disk failed
 * @param setAside records that Kafka will never take, and damaged segments: each stands in a file under
 *     {@code set-aside}; how many files there are now
 * @param damaged places where a segment could not be read; what stood there is lost to the library, the segment is kept
 * @param hindrance why nothing goes to Kafka at the moment, in words for a log; empty where nothing is in the way
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
