/**
 * The topics that must stand before an event can flow: {@link io.usageflow.forwarder.topics.TopicPlan} compares what
 * must be with what is, {@link io.usageflow.forwarder.topics.TopicAdmin} asks the cluster and creates what is missing.
 * Nothing here guesses: what exists and differs is shown, and changed only on request.
 */
@NullMarked
package io.usageflow.forwarder.topics;

import org.jspecify.annotations.NullMarked;
