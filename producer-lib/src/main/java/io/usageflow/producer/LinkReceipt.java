package io.usageflow.producer;

import java.time.Instant;

/**
 * Proof that a link, or its removal, is durable.
 *
 * @param key the account or the vendor
 * @param topic where it stands
 * @param partition the key's
 * @param offset of the record; -1 in the rare case that the broker had it already from an attempt whose answer was lost
 * @param timestamp the broker's append time, or the client's time where the topic keeps that
 */
public record LinkReceipt(String key, String topic, int partition, long offset, Instant timestamp) {}
