/** Which alerts fire: asked of the operator's Prometheus, since this process alone cannot know it. */
@NullMarked
package io.usageflow.forwarder.console.alert;

import org.jspecify.annotations.NullMarked;
