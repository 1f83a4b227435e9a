/**
 * Compares what Credyt has with what was sent, event by event: {@link io.usageflow.forwarder.reconcile.Reconciliation}
 * reads receipts, looks up what was sent ({@link io.usageflow.forwarder.reconcile.Originals}), asks Credyt ({@link
 * io.usageflow.forwarder.reconcile.Inquiry}), judges ({@link io.usageflow.forwarder.reconcile.Judge}, {@link
 * io.usageflow.forwarder.reconcile.Comparison}), writes what it finds ({@link
 * io.usageflow.forwarder.reconcile.ReportFile}) and remembers how far it is ({@link
 * io.usageflow.forwarder.reconcile.Checkpoint}). The other way round, {@link
 * io.usageflow.forwarder.reconcile.UnknownSearch} reads Credyt's lists ({@link io.usageflow.forwarder.reconcile.Listing})
 * of the {@link io.usageflow.forwarder.reconcile.Customers} that topics name, and looks for what is on them in the topics
 * ({@link io.usageflow.forwarder.reconcile.UnknownRound}, {@link io.usageflow.forwarder.reconcile.SentIds}). Bounded
 * memory, however many receipts and events there are.
 */
@NullMarked
package io.usageflow.forwarder.reconcile;

import org.jspecify.annotations.NullMarked;
