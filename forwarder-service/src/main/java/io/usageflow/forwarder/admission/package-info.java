/**
 * Admission checks published events and admits each distinct event once.
 *
 * <p>The path of an event: {@link io.usageflow.forwarder.admission.Admission} runs the topology that
 * {@link io.usageflow.forwarder.admission.AdmissionTopology} names. A record comes to the
 * {@link io.usageflow.forwarder.admission.AdmissionProcessor} of its partition, which gets a decision from
 * {@link io.usageflow.forwarder.admission.EventChecker}:
 *
 * <ol>
 *   <li>{@link io.usageflow.forwarder.admission.check.RecordDecoder}: can it be read?
 *   <li>{@link io.usageflow.forwarder.admission.check.AccountPartitioner}: is this its account's partition?
 *   <li>{@link io.usageflow.schema.rule.EventRules}: does it keep the rules?
 *   <li>{@link io.usageflow.forwarder.admission.dedup.AgeGuard}: is it recent enough for deduplication?
 *   <li>{@link io.usageflow.forwarder.admission.dedup.DedupStore}, by
 *       {@link io.usageflow.forwarder.admission.dedup.Fingerprint}: is its id known, with the same content?
 *   <li>{@link io.usageflow.forwarder.admission.links.LinkResolver}: whom is it billed to?
 * </ol>
 *
 * {@link io.usageflow.forwarder.admission.DecisionHandler} executes the decision: it sends the event to delivery, to
 * the dead letters or to another partition, or parks it in {@link
 * io.usageflow.forwarder.admission.parking.ParkedEvents}, from where {@link
 * io.usageflow.forwarder.admission.parking.ParkedRelease} releases it when its link arrives. Every outcome is counted
 * in {@link io.usageflow.forwarder.admission.counters.AdmissionLedger}. All effects are in one Kafka transaction.
 */
@NullMarked
package io.usageflow.forwarder.admission;

import org.jspecify.annotations.NullMarked;
