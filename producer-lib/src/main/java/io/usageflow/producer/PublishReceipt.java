package io.usageflow.producer;

import java.time.Instant;

/**
 * Proof that an event is durable: every in-sync replica has it.
 *
 * @param eventId the id that was sent
 * @param topic where it stands
 * @param partition the account's
 * @param offset of the record; -1 in the rare case that the broker had it already from an attempt whose answer was lost
 * @param timestamp the broker's append time, or the client's time where the topic keeps that
 */
public record PublishReceipt(String eventId, String topic, int partition, long offset, Instant timestamp) {}
