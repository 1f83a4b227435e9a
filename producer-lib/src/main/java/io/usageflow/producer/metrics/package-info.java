/**
 * A publisher's meters for Micrometer, which is the application's to bring: without it nothing here is loaded but {@link
 * io.usageflow.producer.metrics.PublisherMeter}, the catalogue.
 *
 * <pre>{@code
 * new PublisherMetrics(publisher).bindTo(registry);
 * }</pre>
 */
@NullMarked
package io.usageflow.producer.metrics;

import org.jspecify.annotations.NullMarked;
