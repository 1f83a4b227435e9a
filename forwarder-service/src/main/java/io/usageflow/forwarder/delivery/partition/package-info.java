/**
 * Tracks the assigned partitions: received and settled records, and the offset and counters that may be committed.
 */
@NullMarked
package io.usageflow.forwarder.delivery.partition;

import org.jspecify.annotations.NullMarked;
