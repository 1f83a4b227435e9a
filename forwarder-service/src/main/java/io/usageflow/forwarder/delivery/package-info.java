/**
 * Delivery: from {@code usage.deliverable} to Credyt, with a receipt or a dead letter for every event. The path of an event:
 *
 * <ol>
 *   <li>{@link io.usageflow.forwarder.delivery.Delivery} keeps one
 *       {@link io.usageflow.forwarder.delivery.DeliverySession} alive: a consumer, a producer, and
 *   <li>{@link io.usageflow.forwarder.delivery.DeliveryLoop}, whose one thread polls and is the only writer of offsets.
 *   <li>{@link io.usageflow.forwarder.delivery.RecordIntake} reads records
 *       ({@link io.usageflow.forwarder.delivery.intake}). A {@link io.usageflow.forwarder.delivery.intake.DeliverableReader} turns
 *       a record into a {@link io.usageflow.forwarder.delivery.queue.PendingEvent} and writes its JSON
 *       once; an unreadable record becomes a dead letter at once.
 *   <li>{@link io.usageflow.forwarder.delivery.partition.OffsetLedger} notes the offset as received. Its
 *       Javadoc argues why no offset is committed before its outcome.
 *   <li>{@link io.usageflow.forwarder.delivery.queue.CustomerQueues} holds the event until its customer's
 *       turn ({@link io.usageflow.forwarder.delivery.queue.CustomerScheduler}). All events that wait for
 *       one customer become a {@link io.usageflow.forwarder.delivery.queue.Batch}.
 *   <li>{@link io.usageflow.forwarder.delivery.Dispatcher} sends the batch through the
 *       {@link io.usageflow.forwarder.delivery.http.EventSink} as far as
 *       {@link io.usageflow.forwarder.delivery.health.DestinationHealth} admits it: circuit and concurrency.
 *   <li>{@link io.usageflow.forwarder.delivery.answer.AnswerClassifier} turns the answer into an
 *       {@link io.usageflow.forwarder.delivery.answer.Outcome}.
 *   <li>{@link io.usageflow.forwarder.delivery.OutcomeHandler} acts on it: it settles events, sends them again later, or
 *       lets {@link io.usageflow.forwarder.delivery.queue.BatchBisector} isolate the refused events.
 *   <li>{@link io.usageflow.forwarder.delivery.commit.CommitScheduler} decides when to commit;
 *       {@link io.usageflow.forwarder.delivery.commit.OutcomeTransaction} writes receipts, dead letters,
 *       counters and offsets in one transaction, on a thread of its own.
 * </ol>
 *
 * <p>Where could an event be lost or doubled? An offset is committed only with the outcomes of all offsets below it
 * (OffsetLedger, OutcomeTransaction). A request whose answer is lost is sent again with the same ids and bytes, and Credyt
 * ignores ids that it has. An {@link io.usageflow.forwarder.delivery.partition.AssignedPartition} ends with its assignment,
 * so a late answer settles nothing; the next owner sends the event again, without effect at Credyt.
 */
@NullMarked
package io.usageflow.forwarder.delivery;

import org.jspecify.annotations.NullMarked;
