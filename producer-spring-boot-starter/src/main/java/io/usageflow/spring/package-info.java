/**
 * The publisher as a bean of Spring Boot 3.5 and 4.
 *
 * <p>{@link io.usageflow.spring.UsageflowProperties} is what an application sets; {@code PublisherKeys} says it in the
 * publisher's own keys; {@link io.usageflow.spring.UsageflowAutoConfiguration} makes the bean, after each {@link
 * io.usageflow.spring.UsagePublisherCustomizer} had its say, and closes it last. What is wrong with a setting is told in
 * Spring's spelling by {@code SettingsFailureAnalyzer}.
 *
 * <p>Code that differs between the two lines of Spring Boot is in one class per line, which is loaded only there.
 */
@NullMarked
package io.usageflow.spring;

import org.jspecify.annotations.NullMarked;
