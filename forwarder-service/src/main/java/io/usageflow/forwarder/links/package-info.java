/**
 * Links between the company's own names and Credyt's, as an operator handles them: {@link
 * io.usageflow.forwarder.links.LinkTable} reads what is linked now, {@link io.usageflow.forwarder.links.LinkFile} reads
 * a table of links, {@link io.usageflow.forwarder.links.LinkPlan} says what importing it would change, and {@link
 * io.usageflow.forwarder.links.LinkWriter} does it. {@link io.usageflow.forwarder.links.RecentEvents} tells what
 * deleting a link would hold up.
 */
@NullMarked
package io.usageflow.forwarder.links;

import org.jspecify.annotations.NullMarked;
