/**
 * The publisher's implementation. Not API.
 *
 * <p>{@link io.usageflow.producer.internal.KafkaUsagePublisher} lets {@code encode} create and check the record, counts
 * it in {@code accounting}, and gives it to its {@code transport}. The direct transport sends it from a {@code buffer}:
 * on the caller's thread while Kafka and the registry are reachable, otherwise on the drainer's thread, in order. The
 * spool transport writes it to the {@code spool} first.
 *
 * <p>Dependencies point one way: publisher, transport, buffer, accounting, encode; transport, spool; accounting,
 * spool.write.
 */
@NullMarked
package io.usageflow.producer.internal;

import org.jspecify.annotations.NullMarked;
