/**
 * Deduplication of event ids: {@link io.usageflow.forwarder.admission.dedup.AgeGuard} refuses events whose ids may have
 * been forgotten, {@link io.usageflow.forwarder.admission.dedup.Fingerprint} hashes the billable content, and {@link
 * io.usageflow.forwarder.admission.dedup.DedupStore} tells whether an id is new, a repeat or a conflict. The store
 * keeps ids in blocks ({@link io.usageflow.forwarder.admission.dedup.IdBlocks}) and finds them through an index ({@link
 * io.usageflow.forwarder.admission.dedup.index}), which {@link
 * io.usageflow.forwarder.admission.dedup.IndexedIdStore} also keeps for standbys.
 */
@NullMarked
package io.usageflow.forwarder.admission.dedup;

import org.jspecify.annotations.NullMarked;
