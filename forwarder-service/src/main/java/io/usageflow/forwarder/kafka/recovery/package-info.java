/**
 * Ends transactions whose markers Kafka 4.3.1 left out when a broker died ({@link
 * io.usageflow.forwarder.kafka.recovery.RecoveringProducer}), and those that a dead instance left open ({@link
 * io.usageflow.forwarder.kafka.recovery.AbandonedTransactions}). This is the only package that uses internal classes of
 * Kafka's client. docs/transaction-recovery.md explains it.
 */
@NullMarked
package io.usageflow.forwarder.kafka.recovery;

import org.jspecify.annotations.NullMarked;
