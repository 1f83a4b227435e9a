/**
 * Compares what Credyt has with what was sent, in bounded memory. A {@link
 * io.usageflow.forwarder.reconcile.ReconcileRun} keeps the report and the progress ({@link
 * io.usageflow.forwarder.reconcile.Checkpoint}). It has two sources: the receipts of a period, each compared with the
 * event at Credyt ({@code receipts}), and the lists of Credyt, each of whose events is searched in the topics ({@code
 * unknown}).
 */
@NullMarked
package io.usageflow.forwarder.reconcile;

import org.jspecify.annotations.NullMarked;
