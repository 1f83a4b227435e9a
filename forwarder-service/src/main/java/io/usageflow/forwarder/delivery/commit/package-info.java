/**
 * Receipts, dead letters, counters and offsets of settled events in Kafka transactions: what they contain, when they
 * run, and how one ends.
 */
@NullMarked
package io.usageflow.forwarder.delivery.commit;

import org.jspecify.annotations.NullMarked;
