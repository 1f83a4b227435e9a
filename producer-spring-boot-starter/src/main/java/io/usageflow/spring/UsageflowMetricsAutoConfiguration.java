package io.usageflow.spring;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.usageflow.producer.UsagePublisher;
import io.usageflow.producer.metrics.PublisherMetrics;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

/** Spring Boot binds each {@link MeterBinder} to every registry that there is. */
@AutoConfiguration(after = UsageflowAutoConfiguration.class)
@ConditionalOnClass(MeterBinder.class)
@ConditionalOnSingleCandidate(UsagePublisher.class)
final class UsageflowMetricsAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean
    PublisherMetrics usageflowPublisherMetrics(UsagePublisher publisher) {
        return new PublisherMetrics(publisher);
    }
}
