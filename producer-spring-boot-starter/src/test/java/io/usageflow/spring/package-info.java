@NullMarked
package io.usageflow.spring;

import org.jspecify.annotations.NullMarked;
