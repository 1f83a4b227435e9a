/**
 * Compares what Credyt has with what was sent, event by event: {@link io.usageflow.forwarder.reconcile.receipts.ReceiptReconciler}
 * reads receipts, looks up what was sent ({@link io.usageflow.forwarder.reconcile.receipts.SentEventReader}), asks Credyt ({@link
 * io.usageflow.forwarder.credyt.lookup.CredytQueries}), judges ({@link io.usageflow.forwarder.reconcile.receipts.ReceiptCheck}, {@link
 * io.usageflow.forwarder.reconcile.receipts.EventComparison}), writes what it finds ({@link
 * io.usageflow.forwarder.reconcile.ReportFile}) and remembers how far it is ({@link
 * io.usageflow.forwarder.reconcile.Checkpoint}). The other way round, {@link
 * io.usageflow.forwarder.reconcile.unknown.UnknownEventSearch} reads Credyt's lists ({@link io.usageflow.forwarder.reconcile.unknown.EventListReader})
 * of the {@link io.usageflow.forwarder.reconcile.unknown.ListedCustomers} that topics name, and looks for what is on them in the topics
 * ({@link io.usageflow.forwarder.reconcile.unknown.SearchRound}, {@link io.usageflow.forwarder.reconcile.unknown.SentIdFilter}). Bounded
 * memory, however many receipts and events there are.
 */
@NullMarked
package io.usageflow.forwarder.reconcile;

import org.jspecify.annotations.NullMarked;
