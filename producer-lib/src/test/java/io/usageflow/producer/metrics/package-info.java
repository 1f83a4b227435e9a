@NullMarked
package io.usageflow.producer.metrics;

import org.jspecify.annotations.NullMarked;
