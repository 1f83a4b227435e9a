/**
 * Finds ids: {@link io.usageflow.forwarder.admission.dedup.index.IdIndex} has the latest in the heap ({@link
 * io.usageflow.forwarder.admission.dedup.index.RecentIds}) and the others in immutable files ({@link
 * io.usageflow.forwarder.admission.dedup.index.IdSegment}). The index is derived from {@link
 * io.usageflow.forwarder.admission.dedup.index.StoredIds} and can be built again.
 */
@NullMarked
package io.usageflow.forwarder.admission.dedup.index;

import org.jspecify.annotations.NullMarked;
