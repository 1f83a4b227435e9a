/**
 * Admission: from what producers published to what Credyt may be told, once.
 *
 * <p>The path of an event. {@link io.usageflow.forwarder.admission.Admission} runs the topology that
 * {@link io.usageflow.forwarder.admission.AdmissionTopology} names. A record comes to the
 * {@link io.usageflow.forwarder.admission.AdmissionProcessor} of its partition, which asks the
 * {@link io.usageflow.forwarder.admission.EventChecker} for a {@link io.usageflow.forwarder.admission.AdmissionDecision}:
 *
 * <ol>
 *   <li>{@link io.usageflow.forwarder.admission.check.RecordDecoder}: can it be read?
 *   <li>{@link io.usageflow.forwarder.admission.check.AccountPartitioner}: is this its account's partition?
 *   <li>{@link io.usageflow.schema.rule.EventRules}: does it keep the rules?
 *   <li>{@link io.usageflow.forwarder.admission.dedup.AgeGuard}: can a repeat of it still be told from a first?
 *   <li>{@link io.usageflow.forwarder.admission.dedup.DedupStore}, by
 *       {@link io.usageflow.forwarder.admission.dedup.Fingerprint}: was it here before, with the same content?
 *   <li>{@link io.usageflow.forwarder.admission.links.LinkResolver}: whom is it billed to?
 * </ol>
 *
 * {@link io.usageflow.forwarder.admission.DecisionHandler} carries the decision out: to delivery, to the dead letters, to
 * another partition, or into {@link io.usageflow.forwarder.admission.parking.ParkedEvents}, from where
 * {@link io.usageflow.forwarder.admission.parking.ParkedRelease} lets it go when its link comes. Every way out is counted in
 * {@link io.usageflow.forwarder.admission.counters.AdmissionLedger}. All of it is one Kafka transaction.
 */
@NullMarked
package io.usageflow.forwarder.admission;

import org.jspecify.annotations.NullMarked;
