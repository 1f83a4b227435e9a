/**
 * Whether everything a forwarder needs is there and as it must be: {@link io.usageflow.forwarder.doctor.Doctor} runs
 * independent {@link io.usageflow.forwarder.doctor.Check checks}, each bounded in time, and gathers their {@link
 * io.usageflow.forwarder.doctor.Finding findings}. What is judged is pure and stands apart from what asks; nothing is
 * changed, and no key is shown.
 */
@NullMarked
package io.usageflow.forwarder.doctor;

import org.jspecify.annotations.NullMarked;
