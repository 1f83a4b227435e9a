/**
 * What happened to one event: {@link io.usageflow.forwarder.trace.Tracer} reads the topics of its path and how far the
 * stages are, {@link io.usageflow.forwarder.trace.Timeline} lists what happened, stage by stage, and
 * {@link io.usageflow.forwarder.trace.TraceStatus} says in one sentence how it stands.
 */
@NullMarked
package io.usageflow.forwarder.trace;

import org.jspecify.annotations.NullMarked;
