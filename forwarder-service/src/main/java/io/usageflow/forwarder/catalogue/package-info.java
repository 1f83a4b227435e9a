/**
 * Credyt accepts any usage event and charges nothing where no price matches it. This package reads Credyt's products
 * and customers ({@link io.usageflow.forwarder.catalogue.CatalogueQueries}, {@link
 * io.usageflow.forwarder.catalogue.CatalogueReader}), and says of an event whether it would be billed, with which fees,
 * and if not, why ({@link io.usageflow.forwarder.catalogue.BillingCheck}); of a billed event, whether its fees are
 * right ({@link io.usageflow.forwarder.catalogue.FeeCheck}); and of the events of a period, which are billed ({@link
 * io.usageflow.forwarder.catalogue.EventCatalogueCheck}). Reading and judging are pure; only the queries and the check
 * of a period do I/O. Nothing here changes anything in Kafka or at Credyt.
 */
@NullMarked
package io.usageflow.forwarder.catalogue;

import org.jspecify.annotations.NullMarked;
