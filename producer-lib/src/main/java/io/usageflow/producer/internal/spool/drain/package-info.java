/**
 * From disk to Kafka. {@link io.usageflow.producer.internal.spool.drain.SpoolDrainer} reads the records with a {@link
 * io.usageflow.producer.internal.spool.drain.LogReader}, sends them through a {@link
 * io.usageflow.producer.internal.spool.drain.SpoolSender}, and deletes a segment when Kafka has all its records. {@link
 * io.usageflow.producer.internal.spool.drain.LogRecovery} reads what an earlier process left.
 */
@NullMarked
package io.usageflow.producer.internal.spool.drain;

import org.jspecify.annotations.NullMarked;
