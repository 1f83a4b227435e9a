/**
 * Usage events from files, for backfills and tests. {@link io.usageflow.forwarder.publish.NumberedLines} cuts the input,
 * {@link io.usageflow.forwarder.publish.JsonLines} or {@link io.usageflow.forwarder.publish.CsvLines} reads each line as
 * an event or says what is wrong with it, {@link io.usageflow.forwarder.publish.PublishRun} publishes and counts. A bad
 * line never stops the good ones.
 */
@NullMarked
package io.usageflow.forwarder.publish;

import org.jspecify.annotations.NullMarked;
