/**
 * What happened to one event: {@link io.usageflow.forwarder.trace.Tracer} reads the topics of its path and asks those who
 * know what no topic tells, {@link io.usageflow.forwarder.trace.Timeline} makes of what it found what happened, stage by
 * stage, and {@link io.usageflow.forwarder.trace.Verdict} says in one sentence how it stands.
 */
@NullMarked
package io.usageflow.forwarder.trace;

import org.jspecify.annotations.NullMarked;
