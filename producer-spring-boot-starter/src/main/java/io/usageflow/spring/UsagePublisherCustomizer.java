package io.usageflow.spring;

import io.usageflow.producer.PublisherBuilder;

/**
 * Changes the publisher's settings in code, after the properties have been set. Any number of beans, in their {@code
 * @Order}; the last value wins.
 */
@FunctionalInterface
public interface UsagePublisherCustomizer {
    void customize(PublisherBuilder builder);
}
