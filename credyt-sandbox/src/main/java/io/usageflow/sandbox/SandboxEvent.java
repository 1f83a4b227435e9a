package io.usageflow.sandbox;

import java.math.BigDecimal;
import java.util.Map;

/**
 * A stored event, for tests. Immutable.
 *
 * @param customer external id, or Credyt's id if there is none
 * @param json as {@code GET /events/{id}} shows it
 * @param fees sum by asset; empty if the event was accepted and not billed
 */
public record SandboxEvent(String id, String customer, String json, Map<String, BigDecimal> fees) {}
