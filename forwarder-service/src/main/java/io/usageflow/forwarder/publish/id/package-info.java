/** Ids of events in an input: given, derived, used before, or a placeholder. */
@NullMarked
package io.usageflow.forwarder.publish.id;

import org.jspecify.annotations.NullMarked;
