/**
 * What remembering ids takes of a machine ({@link io.usageflow.forwarder.capacity.IdCapacity}), and how many ids a
 * volume has room for ({@link io.usageflow.forwarder.capacity.IdRoom}).
 */
@NullMarked
package io.usageflow.forwarder.capacity;

import org.jspecify.annotations.NullMarked;
