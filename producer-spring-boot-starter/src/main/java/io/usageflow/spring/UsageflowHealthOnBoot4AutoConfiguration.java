package io.usageflow.spring;

import io.usageflow.producer.UsagePublisher;
import java.time.Instant;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** Health where Spring Boot 4 has it. */
@AutoConfiguration(after = UsageflowAutoConfiguration.class)
@ConditionalOnClass(HealthIndicator.class)
@ConditionalOnSingleCandidate(UsagePublisher.class)
@EnableConfigurationProperties(UsageflowProperties.class)
@ConditionalOnEnabledHealthIndicator(PublisherCondition.NAME)
final class UsageflowHealthOnBoot4AutoConfiguration {
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
