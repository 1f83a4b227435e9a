/**
 * Three lines to a durable usage event.
 *
 * <p>{@link io.usageflow.producer.UsageEvent} and {@link io.usageflow.producer.Cost} say what was used;
 * {@link io.usageflow.producer.EventId} makes an application's retry a duplicate instead of a second charge;
 * {@link io.usageflow.producer.UsagePublisher} sends it without ever making the caller wait, and its future is completed
 * when the event is durable. What can go wrong has one type each: {@link
 * io.usageflow.producer.InvalidUsageEventException} is thrown before anything is sent, {@link
 * io.usageflow.producer.PublishException} comes through the future.
 *
 * <p>{@link io.usageflow.producer.metrics.PublisherMetrics} shows it in Micrometer, where the application has that.
 * Tests use {@link io.usageflow.producer.testkit.RecordingUsagePublisher}. What wraps a publisher
 * implements {@link io.usageflow.producer.UsagePublisher} around another one.
 */
@NullMarked
package io.usageflow.producer;

import org.jspecify.annotations.NullMarked;
