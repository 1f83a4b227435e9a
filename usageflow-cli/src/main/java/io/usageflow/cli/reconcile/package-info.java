/** {@code usageflow reconcile}: compares receipts with Credyt, and Credyt's lists with what was sent. */
@NullMarked
package io.usageflow.cli.reconcile;

import org.jspecify.annotations.NullMarked;
