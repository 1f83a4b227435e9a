/**
 * The publisher as a bean of Spring Boot 3.5 and 4.
 *
 * <p>{@link io.usageflow.spring.UsageflowProperties} is what an application sets; {@code PublisherKeys} says it in the
 * publisher's own keys; {@link io.usageflow.spring.UsageflowAutoConfiguration} makes the bean, after each {@link
 * io.usageflow.spring.UsagePublisherCustomizer} had its say, and closes it last. What is wrong with a setting is told in
 * Spring's spelling by {@code SettingsFailureAnalyzer}.
 *
 * <p>What differs between the two lines of Spring Boot stands in one class for each, which is loaded only there.
 */
@NullMarked
package io.usageflow.spring;

import org.jspecify.annotations.NullMarked;
