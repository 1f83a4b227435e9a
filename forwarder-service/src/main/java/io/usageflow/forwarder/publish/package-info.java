/**
 * Publishes usage events from files, for backfills and tests. {@link io.usageflow.forwarder.publish.input} cuts the
 * input into lines and rows. {@link io.usageflow.forwarder.publish.line} reads each of them as an event, with its
 * values and its id, or says what is wrong with it. {@link io.usageflow.forwarder.publish.PublishRun} checks, publishes
 * and counts. A bad line never stops the good ones.
 */
@NullMarked
package io.usageflow.forwarder.publish;

import org.jspecify.annotations.NullMarked;
