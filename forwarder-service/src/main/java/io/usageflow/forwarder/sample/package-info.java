/**
 * Sees after the delivery that Credyt charged what its catalogue says. {@link
 * io.usageflow.forwarder.sample.BillingSampler} reads {@code usage.deliverable} behind delivery. {@code SampleQueue}
 * chooses events and says when each is due. The sampler asks Credyt for those and compares their fees. Delivery knows
 * nothing about this package.
 */
@NullMarked
package io.usageflow.forwarder.sample;

import org.jspecify.annotations.NullMarked;
