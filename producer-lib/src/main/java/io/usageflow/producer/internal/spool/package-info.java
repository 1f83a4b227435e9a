/**
 * The local spool: an event is on this machine's disk before its future completes. Not API.
 *
 * <p>{@link io.usageflow.producer.internal.spool.SpoolDirectory} is one publisher's directory, and {@link
 * io.usageflow.producer.internal.spool.SpoolLog} one topic's log in it. {@code write} adds records to the log's files
 * and forces them to disk, {@code segment} is the format of these files, {@code drain} sends their records to Kafka.
 */
@NullMarked
package io.usageflow.producer.internal.spool;

import org.jspecify.annotations.NullMarked;
