package io.usageflow.spring;

import io.usageflow.producer.Balances;
import io.usageflow.producer.PublisherBuilder;
import io.usageflow.producer.UsagePublisher;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * One {@link UsagePublisher}, and one {@link Balances} if {@code usageflow.balances.enabled}, unless the application
 * has its own.
 *
 * <p><b>Its end.</b> Spring first stops every {@code Lifecycle}, in phases: the web server answers what it has begun,
 * listeners and schedulers finish. Only then are beans destroyed, and those that have the publisher injected before the
 * publisher. So it is closed as a bean is destroyed, and in no phase: there is none that is later than a
 * {@code @PreDestroy} that publishes.
 */
@AutoConfiguration
@ConditionalOnProperty(prefix = UsageflowProperties.PREFIX, name = "enabled", matchIfMissing = true)
@EnableConfigurationProperties(UsageflowProperties.class)
public final class UsageflowAutoConfiguration {
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    UsagePublisher usagePublisher(
            UsageflowProperties properties,
            ObjectProvider<UsagePublisherCustomizer> customizers,
            Environment environment) {
        return built(properties, customizers, environment, PublisherBuilder::build);
    }

    /** With the publisher's settings. The application asks it; nothing here refuses a request. */
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    @ConditionalOnProperty(prefix = UsageflowProperties.PREFIX, name = "balances.enabled")
    Balances usageflowBalances(
            UsageflowProperties properties,
            ObjectProvider<UsagePublisherCustomizer> customizers,
            Environment environment) {
        return built(properties, customizers, environment, PublisherBuilder::buildBalances);
    }

    private static <T> T built(
            UsageflowProperties properties,
            ObjectProvider<UsagePublisherCustomizer> customizers,
            Environment environment,
            Function<PublisherBuilder, T> build) {
        Map<String, Object> keys = PublisherKeys.from(properties, environment.getProperty("spring.application.name"));
        PublisherBuilder builder = UsagePublisher.builder().set(keys);
        customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
        try {
            return build.apply(builder);
        } catch (KafkaException | IllegalArgumentException e) {
            throw refusal(e, keys, environment);
        }
    }

    private static SettingsException refusal(RuntimeException e, Map<String, Object> keys, Environment environment) {
        String message = PublisherKeys.inSpringsSpelling(String.valueOf(e.getMessage()), keys);
        String springs = environment.getProperty("spring.kafka.bootstrap-servers");
        String remedy = springs != null && message.startsWith(PublisherKeys.BOOTSTRAP_SERVERS + " is missing")
                ? "If usage goes to the Kafka of spring.kafka, say so: " + PublisherKeys.BOOTSTRAP_SERVERS
                        + "=${spring.kafka.bootstrap-servers}"
                : "Correct the setting where the application has it, such as application.properties, an environment"
                        + " variable or a UsagePublisherCustomizer.";
        return new SettingsException(message, remedy, e);
    }
}
