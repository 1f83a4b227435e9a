/**
 * Admission: from what producers published to what Credyt may be told, once.
 *
 * <p>The path of an event. {@link io.usageflow.forwarder.admission.Admission} runs the topology that
 * {@link io.usageflow.forwarder.admission.AdmissionTopology} names. A record comes to the
 * {@link io.usageflow.forwarder.admission.AdmissionProcessor} of its partition, which asks the
 * {@link io.usageflow.forwarder.admission.EventJudge} for a {@link io.usageflow.forwarder.admission.Verdict}:
 *
 * <ol>
 *   <li>{@link io.usageflow.forwarder.admission.RecordDecoder}: can it be read?
 *   <li>{@link io.usageflow.forwarder.admission.HomePartition}: is this its account's partition?
 *   <li>{@link io.usageflow.schema.rule.EventRules}: does it keep the rules?
 *   <li>{@link io.usageflow.forwarder.admission.AgeGuard}: can a repeat of it still be told from a first?
 *   <li>{@link io.usageflow.forwarder.admission.SeenEvents}, by
 *       {@link io.usageflow.forwarder.admission.Fingerprint}: was it here before, with the same content?
 *   <li>{@link io.usageflow.forwarder.admission.LinkResolver}: whom is it billed to?
 * </ol>
 *
 * {@link io.usageflow.forwarder.admission.EventFlow} carries the verdict out: to delivery, to the dead letters, to
 * another partition, or into {@link io.usageflow.forwarder.admission.ParkedEvents}, from where
 * {@link io.usageflow.forwarder.admission.ParkedRelease} lets it go when its link comes. Every way out is counted in
 * {@link io.usageflow.forwarder.admission.AdmissionLedger}. All of it is one Kafka transaction.
 */
@NullMarked
package io.usageflow.forwarder.admission;

import org.jspecify.annotations.NullMarked;
