/** Counters of the outcome of every event, and whether they balance. */
@NullMarked
package io.usageflow.forwarder.ledger;

import org.jspecify.annotations.NullMarked;
