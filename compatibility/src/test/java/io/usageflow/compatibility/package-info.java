/** The library in applications of others: their versions of Spring Boot, of Kafka's client and of what these bring along. */
@NullMarked
package io.usageflow.compatibility;

import org.jspecify.annotations.NullMarked;
