/**
 * Publishes durable usage events in three lines.
 *
 * <p>{@link io.usageflow.producer.UsageEvent} and {@link io.usageflow.producer.Cost} describe the usage; {@link
 * io.usageflow.producer.EventId} makes an application's retry a duplicate instead of a second charge; {@link
 * io.usageflow.producer.UsagePublisher} sends it without making the caller wait, and its future completes when the
 * event is durable. Each kind of failure has one type: {@link io.usageflow.producer.InvalidUsageEventException} is
 * thrown before anything is sent, {@link io.usageflow.producer.PublishException} comes through the future.
 *
 * <p>{@link io.usageflow.producer.metrics.PublisherMetrics} reports to Micrometer if the application has it. Tests use
 * {@link io.usageflow.producer.testkit.RecordingUsagePublisher}. A wrapper implements {@link
 * io.usageflow.producer.UsagePublisher} around another publisher.
 */
@NullMarked
package io.usageflow.producer;

import org.jspecify.annotations.NullMarked;
