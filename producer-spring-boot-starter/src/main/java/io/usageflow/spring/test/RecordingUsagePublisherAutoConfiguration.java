package io.usageflow.spring.test;

import io.usageflow.producer.testkit.RecordingUsagePublisher;
import io.usageflow.spring.UsageflowAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

/** Before the real one, which then backs off. */
@AutoConfiguration(before = UsageflowAutoConfiguration.class)
final class RecordingUsagePublisherAutoConfiguration {
    @Bean
    @Primary
    RecordingUsagePublisher recordingUsagePublisher() {
        return new RecordingUsagePublisher();
    }
}
