@NullMarked
package io.usageflow.producer.testkit;

import org.jspecify.annotations.NullMarked;
