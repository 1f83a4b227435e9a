/**
 * The customers and vendors that Credyt has, and what links say of them. {@link
 * io.usageflow.forwarder.identity.IdentityLookup} asks Credyt, {@link io.usageflow.forwarder.identity.LinkCheck}
 * verifies links, {@link io.usageflow.forwarder.identity.IdentityCreation} makes what is missing by an {@link
 * io.usageflow.forwarder.identity.CreationPlan}, and {@link io.usageflow.forwarder.identity.LinkSync} proposes links
 * for what Credyt has.
 */
@NullMarked
package io.usageflow.forwarder.identity;

import org.jspecify.annotations.NullMarked;
