/** Tests of what reconciliation decides. */
@NullMarked
package io.usageflow.forwarder.reconcile.unknown;

import org.jspecify.annotations.NullMarked;
