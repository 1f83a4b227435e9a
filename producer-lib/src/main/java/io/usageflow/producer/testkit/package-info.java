/**
 * For tests of applications that publish: {@link io.usageflow.producer.testkit.RecordingUsagePublisher} replaces the
 * publisher without Kafka, {@link io.usageflow.producer.testkit.PublisherAssertions} checks what it received (needs
 * AssertJ from the application's tests).
 */
@NullMarked
package io.usageflow.producer.testkit;

import org.jspecify.annotations.NullMarked;
