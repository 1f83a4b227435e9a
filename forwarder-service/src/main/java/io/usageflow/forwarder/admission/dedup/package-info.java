/**
 * Deduplication of event ids: {@link io.usageflow.forwarder.admission.dedup.AgeGuard} refuses events whose ids may have
 * been forgotten, {@link io.usageflow.forwarder.admission.dedup.Fingerprint} hashes the billable content, and {@link
 * io.usageflow.forwarder.admission.dedup.DedupStore} tells whether an id is new, a repeat or a conflict. The store
 * keeps ids in blocks ({@link io.usageflow.forwarder.admission.dedup.IdBlocks}) and finds them through an index in the
 * heap ({@link io.usageflow.forwarder.admission.dedup.IdIndex}).
 */
@NullMarked
package io.usageflow.forwarder.admission.dedup;

import org.jspecify.annotations.NullMarked;
