/**
 * From the callers to disk. {@link io.usageflow.producer.internal.spool.write.GroupCommit} collects entries in a {@link
 * io.usageflow.producer.internal.spool.write.FrameBatch}; its thread lets the {@link
 * io.usageflow.producer.internal.spool.write.LogWriter} write and fsync the batch, and completes the entries
 * afterwards.
 */
@NullMarked
package io.usageflow.producer.internal.spool.write;

import org.jspecify.annotations.NullMarked;
