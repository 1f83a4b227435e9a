/**
 * Commits the receipts, dead letters, counters and offsets of settled events in Kafka transactions.
 */
@NullMarked
package io.usageflow.forwarder.delivery.commit;

import org.jspecify.annotations.NullMarked;
