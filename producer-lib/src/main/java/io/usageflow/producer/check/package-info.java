/** Checks events without a publisher. */
@NullMarked
package io.usageflow.producer.check;

import org.jspecify.annotations.NullMarked;
