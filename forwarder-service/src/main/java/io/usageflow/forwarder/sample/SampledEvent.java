package io.usageflow.forwarder.sample;

import io.usageflow.forwarder.links.Link.Reference;
import java.time.Instant;

/**
 * An event whose fees are compared.
 *
 * @param admittedAt before Credyt accepted it
 */
public record SampledEvent(String account, String credytId, Reference customer, String eventType, Instant admittedAt) {}
