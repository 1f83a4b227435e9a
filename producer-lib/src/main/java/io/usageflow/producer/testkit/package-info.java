/**
 * For the tests of applications that publish: {@link io.usageflow.producer.testkit.RecordingUsagePublisher} takes the
 * publisher's place without Kafka, {@link io.usageflow.producer.testkit.PublisherAssertions} says what it should have been
 * given (needs AssertJ, which the application's tests bring).
 */
@NullMarked
package io.usageflow.producer.testkit;

import org.jspecify.annotations.NullMarked;
