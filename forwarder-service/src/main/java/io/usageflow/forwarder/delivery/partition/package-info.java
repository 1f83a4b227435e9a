/**
 * The partitions of this instance: which records were received, how each was settled, and which offset and counters may
 * be committed.
 */
@NullMarked
package io.usageflow.forwarder.delivery.partition;

import org.jspecify.annotations.NullMarked;
