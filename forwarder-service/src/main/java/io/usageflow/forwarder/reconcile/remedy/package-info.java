/**
 * Corrects what reconcile has found about fees, each finding once: {@link
 * io.usageflow.forwarder.reconcile.remedy.ReportReader} reads the report, {@link
 * io.usageflow.forwarder.reconcile.remedy.RemedyRules} decides, {@link
 * io.usageflow.forwarder.reconcile.remedy.RemedyJob} asks Credyt again and applies.
 */
@NullMarked
package io.usageflow.forwarder.reconcile.remedy;

import org.jspecify.annotations.NullMarked;
