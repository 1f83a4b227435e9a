@NullMarked
package io.usageflow.producer.internal;

import org.jspecify.annotations.NullMarked;
