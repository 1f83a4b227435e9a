/**
 * The publisher as a bean of Spring Boot 3.5 and 4.
 *
 * <p>{@link io.usageflow.spring.UsageflowProperties} holds the application's settings; {@code PublisherKeys} translates
 * them to the publisher's own keys; {@link io.usageflow.spring.UsageflowAutoConfiguration} runs each {@link
 * io.usageflow.spring.UsagePublisherCustomizer}, creates the bean, and closes it last. {@code SettingsFailureAnalyzer}
 * reports a wrong setting by its Spring name. Package {@code balance} refuses requests of accounts whose balance does
 * not suffice.
 *
 * <p>Code that differs between the two lines of Spring Boot is in one class per line, which is loaded only there.
 */
@NullMarked
package io.usageflow.spring;

import org.jspecify.annotations.NullMarked;
