/**
 * A publisher's meters for Micrometer. The application provides Micrometer; without it only the catalogue, {@link
 * io.usageflow.producer.metrics.PublisherMeter}, is loaded.
 *
 * <pre>{@code
 * new PublisherMetrics(publisher).bindTo(registry);
 * }</pre>
 */
@NullMarked
package io.usageflow.producer.metrics;

import org.jspecify.annotations.NullMarked;
