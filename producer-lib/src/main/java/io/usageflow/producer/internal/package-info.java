/**
 * How an event leaves the caller's thread. Not API.
 *
 * <p>{@link io.usageflow.producer.internal.AvroForm} makes and checks the record, {@link
 * io.usageflow.producer.internal.KafkaUsagePublisher} gives it an entry in {@link
 * io.usageflow.producer.internal.InFlight} and to its topic's {@link io.usageflow.producer.internal.Lane}: straight to
 * {@link io.usageflow.producer.internal.KafkaOutlet} while Kafka and the registry are known, otherwise to the lane's
 * waiting room, which {@link io.usageflow.producer.internal.Usher} empties on its own thread, in order.
 *
 * <p>What becomes of it is counted by {@link io.usageflow.producer.internal.Tally}; what did not become durable is told by
 * {@link io.usageflow.producer.internal.RefusalLog}, and remembered by {@link io.usageflow.producer.internal.IdCheck} in
 * case it comes again under another id.
 */
@NullMarked
package io.usageflow.producer.internal;

import org.jspecify.annotations.NullMarked;
