@NullMarked
package io.usageflow.producer;

import org.jspecify.annotations.NullMarked;
