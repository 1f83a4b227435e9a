/**
 * The path of one event, from {@code usage.events} to Credyt:
 *
 * <ol>
 *   <li>{@link io.usageflow.forwarder.Forwarder} wires the stages that this process runs, and starts them.
 *   <li>{@link io.usageflow.forwarder.admission.AdmissionTopology} reads the event, exactly once: all until step 6 is
 *       one Kafka transaction.
 *   <li>{@link io.usageflow.forwarder.admission.EventChecker} decodes it and checks it, its age and, in {@link
 *       io.usageflow.forwarder.admission.dedup.DedupStore}, whether it was here before.
 *   <li>{@link io.usageflow.forwarder.admission.links.LinkResolver} finds whom it is billed to; without a link it waits
 *       in {@link io.usageflow.forwarder.admission.parking.ParkedEvents}.
 *   <li>What cannot pass goes to the dead letters with its closed reason: {@link
 *       io.usageflow.forwarder.deadletter.DeadLetterReason}.
 *   <li>{@link io.usageflow.forwarder.admission.DecisionHandler} hands it on to {@code usage.deliverable} and counts
 *       it: {@link io.usageflow.forwarder.ledger.LedgerCounter}.
 *   <li>{@link io.usageflow.forwarder.delivery.DeliveryLoop} reads it there, and is the only writer of offsets.
 *   <li>{@link io.usageflow.forwarder.delivery.queue.CustomerQueues} puts it into its customer's next batch, {@link
 *       io.usageflow.forwarder.delivery.EventSink} sends that to Credyt.
 *   <li>{@link io.usageflow.forwarder.delivery.answer.AnswerClassifier} reads the answer: accepted, divided, refused,
 *   again.
 *   <li>{@link io.usageflow.forwarder.delivery.commit.OutcomeTransaction} commits its receipt or dead letter, the
 *       counters and the offset in one transaction.
 * </ol>
 */
@NullMarked
package io.usageflow.forwarder;

import org.jspecify.annotations.NullMarked;
