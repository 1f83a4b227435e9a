/**
 * Customer and vendor links as admission stores and reads them. {@link
 * io.usageflow.forwarder.admission.links.LinkResolver} finds the Credyt references of an event, or the link it waits
 * for ({@link io.usageflow.forwarder.admission.links.Resolution}).
 */
@NullMarked
package io.usageflow.forwarder.admission.links;

import org.jspecify.annotations.NullMarked;
