package io.usageflow.spring;

import io.usageflow.producer.UsagePublisher;
import java.time.Instant;
import org.springframework.boot.actuate.autoconfigure.health.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Health where Spring Boot 3 has it. */
@AutoConfiguration(after = UsageflowAutoConfiguration.class)
@ConditionalOnClass(HealthIndicator.class)
@ConditionalOnSingleCandidate(UsagePublisher.class)
@EnableConfigurationProperties(UsageflowProperties.class)
@ConditionalOnEnabledHealthIndicator(PublisherCondition.NAME)
final class UsageflowHealthOnBoot3AutoConfiguration {
    @Bean
    @ConditionalOnMissingBean(name = "usageflowHealthIndicator")
    HealthIndicator usageflowHealthIndicator(UsagePublisher publisher, UsageflowProperties properties) {
        return () ->
                health(PublisherCondition.of(publisher.statistics(), publisher.spool(), properties, Instant.now()));
    }

    private static Health health(PublisherCondition condition) {
        Health.Builder health = condition.trouble().isEmpty() ? Health.up() : Health.outOfService();
        return health.withDetails(condition.details()).build();
    }
}
