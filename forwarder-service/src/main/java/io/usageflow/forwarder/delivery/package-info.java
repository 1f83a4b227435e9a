/**
 * Delivery sends events from {@code usage.deliverable} to Credyt, and writes a receipt or a dead letter for each. The
 * path of an event:
 *
 * <ol>
 *   <li>{@link io.usageflow.forwarder.delivery.Delivery} keeps one
 *       {@link io.usageflow.forwarder.delivery.DeliverySession} alive: a consumer, a producer and their loop.
 *   <li>{@link io.usageflow.forwarder.delivery.DeliveryLoop} polls, on the only thread that decides about offsets.
 *   <li>{@link io.usageflow.forwarder.delivery.RecordIntake} reads records ({@link
 *       io.usageflow.forwarder.delivery.intake}). A {@link io.usageflow.forwarder.delivery.intake.DeliverableReader}
 *       turns a record into a {@link io.usageflow.forwarder.delivery.queue.PendingEvent} with the JSON that admission
 *       wrote; an unreadable record becomes a dead letter at once.
 *   <li>{@link io.usageflow.forwarder.delivery.partition.OffsetLedger} records the offset as received. Its
 *       Javadoc explains why no offset is committed before its outcome.
 *   <li>{@link io.usageflow.forwarder.delivery.queue.CustomerQueues} holds the event until its customer's
 *       turn ({@link io.usageflow.forwarder.delivery.queue.CustomerScheduler}). All waiting events of a
 *       customer become a {@link io.usageflow.forwarder.delivery.queue.Batch}.
 *   <li>{@link io.usageflow.forwarder.delivery.Dispatcher} sends the batch through the
 *       {@link io.usageflow.forwarder.delivery.EventSink} as far as
 *       {@link io.usageflow.forwarder.delivery.health.DestinationHealth} admits it: circuit and concurrency.
 *   <li>{@link io.usageflow.forwarder.delivery.answer.AnswerClassifier} turns the answer into an
 *       {@link io.usageflow.forwarder.delivery.answer.Outcome}.
 *   <li>{@link io.usageflow.forwarder.delivery.outcome.OutcomeHandler} acts on it: it settles events, schedules a
 *       retry, or lets {@link io.usageflow.forwarder.delivery.queue.BatchBisector} isolate refused events.
 *   <li>{@link io.usageflow.forwarder.delivery.commit.CommitScheduler} decides when to commit;
 *       {@link io.usageflow.forwarder.delivery.commit.OutcomeTransaction} writes receipts, dead letters,
 *       counters and offsets in one transaction, on a thread of its own.
 * </ol>
 *
 * <p>Why no event is lost or doubled: an offset is committed only with the outcomes of all offsets below it
 * (OffsetLedger, OutcomeTransaction). A request whose answer is lost is sent again with the same ids and bytes, and
 * Credyt ignores ids that it has. An {@link io.usageflow.forwarder.delivery.partition.AssignedPartition} ends with its
 * assignment, so a late answer settles nothing. The next owner sends the event again, and Credyt ignores it.
 */
@NullMarked
package io.usageflow.forwarder.delivery;

import org.jspecify.annotations.NullMarked;
