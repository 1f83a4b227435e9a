/** Reconciliation: its last result, runs as jobs, and what differs. */
@NullMarked
package io.usageflow.forwarder.console.reconcile;

import org.jspecify.annotations.NullMarked;
