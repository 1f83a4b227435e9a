/**
 * Usage events from files, for backfills and tests. {@link io.usageflow.forwarder.publish.input} cuts the input into lines
 * and rows, {@link io.usageflow.forwarder.publish.line} reads each as an event or says what is wrong with it, with the
 * values of {@link io.usageflow.forwarder.publish.value} and the ids of {@link io.usageflow.forwarder.publish.id}. {@link
 * io.usageflow.forwarder.publish.PublishRun} checks, publishes and counts. A bad line never stops the good ones.
 */
@NullMarked
package io.usageflow.forwarder.publish;

import org.jspecify.annotations.NullMarked;
