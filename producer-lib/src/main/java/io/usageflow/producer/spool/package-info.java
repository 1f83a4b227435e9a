/**
 * The local spool: what is published stands on this machine's disk before its future completes. Not API.
 *
 * <p>{@link io.usageflow.producer.spool.GroupCommit} takes {@link io.usageflow.producer.spool.Spooled} events from the
 * callers into a {@link io.usageflow.producer.spool.Batch}; its one thread has the {@link
 * io.usageflow.producer.spool.LogWriter} write and fsync it into the newest {@link io.usageflow.producer.spool.Segment},
 * and only then keeps its promises. {@link io.usageflow.producer.spool.Drainer}, another thread, reads the segments in
 * order ({@link io.usageflow.producer.spool.LogReader}), hands each record to Kafka through its {@link
 * io.usageflow.producer.spool.Carrier}, and deletes a segment when Kafka has all of it. {@link
 * io.usageflow.producer.spool.SpoolLog} is one topic's log, {@link io.usageflow.producer.spool.SpoolDirectory} what one
 * process owns.
 */
@NullMarked
package io.usageflow.producer.spool;

import org.jspecify.annotations.NullMarked;
