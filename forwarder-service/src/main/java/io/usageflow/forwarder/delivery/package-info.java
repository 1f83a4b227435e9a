/**
 * The HTTP half: from {@code deliverable} to Credyt, with a receipt or a dead letter for every event. The path of an event:
 *
 * <ol>
 *   <li>{@link io.usageflow.forwarder.delivery.Delivery} keeps one
 *       {@link io.usageflow.forwarder.delivery.DeliverySession} alive: a consumer, a producer, and
 *   <li>{@link io.usageflow.forwarder.delivery.DeliveryLoop}, whose one thread polls and is the only writer of offsets.
 *       {@link io.usageflow.forwarder.delivery.Intake} tells it which partitions to read from.
 *   <li>{@link io.usageflow.forwarder.delivery.DeliverableReader} makes a record a
 *       {@link io.usageflow.forwarder.delivery.PendingEvent}, its JSON written once and for all, mostly from the record's bytes
 *       ({@link io.usageflow.forwarder.delivery.avro}); what cannot be read is a dead letter at once.
 *   <li>{@link io.usageflow.forwarder.delivery.OffsetLedger} notes the offset as received. Here stands the argument why
 *       nothing is committed before its outcome is.
 *   <li>{@link io.usageflow.forwarder.delivery.CustomerQueues} holds it until its customer's turn
 *       ({@link io.usageflow.forwarder.delivery.Turns}); all that waits for one customer becomes a
 *       {@link io.usageflow.forwarder.delivery.Batch}.
 *   <li>{@link io.usageflow.forwarder.delivery.Dispatcher} sends it through the
 *       {@link io.usageflow.forwarder.delivery.EventSink} as far as the
 *       {@link io.usageflow.forwarder.delivery.Destination} admits: circuit and concurrency.
 *   <li>{@link io.usageflow.forwarder.delivery.AnswerClassifier} says what the answer means, an
 *       {@link io.usageflow.forwarder.delivery.Outcome}.
 *   <li>{@link io.usageflow.forwarder.delivery.Consequences} draws them: settled, again later, or
 *       {@link io.usageflow.forwarder.delivery.BatchSplitter} looks for the culprits.
 *   <li>{@link io.usageflow.forwarder.delivery.Commits} says what is committed and when;
 *       {@link io.usageflow.forwarder.delivery.Settlement} writes receipts, dead letters, counters and offsets of each
 *       partition's settled run in one transaction, beside the loop.
 * </ol>
 *
 * <p>Where an event could be lost or doubled, and why it is not: an offset is committed only with the outcomes of all below
 * it (OffsetLedger, Settlement). A request whose answer is lost is sent again with the same ids and bytes, and Credyt ignores
 * what it has. An assignment that ends takes its {@link io.usageflow.forwarder.delivery.AssignedPartition} along, so an
 * answer that comes late settles nothing; what it delivered is delivered again by the next owner, to no effect.
 */
@NullMarked
package io.usageflow.forwarder.delivery;

import org.jspecify.annotations.NullMarked;
