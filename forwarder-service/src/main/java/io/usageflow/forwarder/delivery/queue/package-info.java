/**
 * Waiting events by customer: scheduling, batches, and the bisection that isolates refused events.
 */
@NullMarked
package io.usageflow.forwarder.delivery.queue;

import org.jspecify.annotations.NullMarked;
