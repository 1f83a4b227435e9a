/**
 * What Credyt's catalogue means for admission: {@link io.usageflow.forwarder.admission.gate.BillingGate} judges events
 * before they go to delivery.
 */
@NullMarked
package io.usageflow.forwarder.admission.gate;

import org.jspecify.annotations.NullMarked;
