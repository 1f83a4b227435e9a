/** The publisher without a framework. */
@NullMarked
package io.usageflow.example;

import org.jspecify.annotations.NullMarked;
