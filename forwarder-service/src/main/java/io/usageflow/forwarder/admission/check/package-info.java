/**
 * Checks of one record that need no state: {@link io.usageflow.forwarder.admission.check.RecordDecoder} decodes it and
 * waits for the registry ({@link io.usageflow.forwarder.admission.check.RegistryRetry}), {@link
 * io.usageflow.forwarder.admission.check.AccountPartitioner} finds its account's partition, {@link
 * io.usageflow.forwarder.admission.check.RerouteLimit} bounds how often it is rerouted, and {@link
 * io.usageflow.forwarder.admission.check.RecordSize} how large it may be.
 */
@NullMarked
package io.usageflow.forwarder.admission.check;

import org.jspecify.annotations.NullMarked;
