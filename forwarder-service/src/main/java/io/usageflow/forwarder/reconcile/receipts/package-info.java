/**
 * Compares the receipts of a period with what Credyt has. {@link
 * io.usageflow.forwarder.reconcile.receipts.ReceiptReconciler} reads receipts in batches, {@link
 * io.usageflow.forwarder.reconcile.receipts.BatchReconciler} looks up what was sent, asks Credyt and repairs, {@link
 * io.usageflow.forwarder.reconcile.receipts.ReceiptCheck} and {@link
 * io.usageflow.forwarder.reconcile.receipts.EventComparison} decide what is a finding.
 */
@NullMarked
package io.usageflow.forwarder.reconcile.receipts;

import org.jspecify.annotations.NullMarked;
