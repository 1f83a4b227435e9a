/**
 * Whether everything that a forwarder needs is there and as it must be. {@link io.usageflow.forwarder.doctor.Doctor}
 * runs independent {@link io.usageflow.forwarder.doctor.Check checks}, each bounded in time. The checks are in {@link
 * io.usageflow.forwarder.doctor.kafka} and {@link io.usageflow.forwarder.doctor.check}, which also lists them.
 * Decisions are pure and apart from the questions; a check changes nothing and shows no key.
 */
@NullMarked
package io.usageflow.forwarder.doctor;

import org.jspecify.annotations.NullMarked;
