/**
 * {@link io.usageflow.spring.test.AutoConfigureRecordingUsagePublisher}: tests that see what would have been published.
 */
@NullMarked
package io.usageflow.spring.test;

import org.jspecify.annotations.NullMarked;
