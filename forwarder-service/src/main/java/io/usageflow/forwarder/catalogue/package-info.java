/**
 * Credyt accepts any usage event and charges nothing where no price matches it. This package reads Credyt's products
 * ({@link io.usageflow.forwarder.catalogue.CatalogueReader}), and says of an event whether it would be billed, with
 * which fees, and if not, why ({@link io.usageflow.forwarder.catalogue.BillingCheck}). Pure.
 */
@NullMarked
package io.usageflow.forwarder.catalogue;

import org.jspecify.annotations.NullMarked;
