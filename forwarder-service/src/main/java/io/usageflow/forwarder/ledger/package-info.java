/** The balanced counters of what became of each event. */
@NullMarked
package io.usageflow.forwarder.ledger;

import org.jspecify.annotations.NullMarked;
