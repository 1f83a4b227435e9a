/** Tests of what reconciliation decides. */
@NullMarked
package io.usageflow.forwarder.reconcile.receipts;

import org.jspecify.annotations.NullMarked;
