/** Tests of what reconciliation decides. */
@NullMarked
package io.usageflow.forwarder.reconcile;

import org.jspecify.annotations.NullMarked;
