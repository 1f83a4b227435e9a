/**
 * Counters of admission: {@link io.usageflow.forwarder.admission.counters.AdmissionLedger} in the transaction of what
 * they count, {@link io.usageflow.forwarder.admission.counters.AdmissionMeters} for monitoring.
 */
@NullMarked
package io.usageflow.forwarder.admission.counters;

import org.jspecify.annotations.NullMarked;
