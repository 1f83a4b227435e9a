/**
 * The catalogue in the forwarder: {@link io.usageflow.forwarder.catalogue.cache.CatalogueWatch} reads Credyt's products
 * and the subscriptions of the customers whose events come, in a thread of its own, into a
 * {@link io.usageflow.forwarder.catalogue.cache.CatalogueCache}, which answers the stages at once.
 */
@NullMarked
package io.usageflow.forwarder.catalogue.cache;

import org.jspecify.annotations.NullMarked;
