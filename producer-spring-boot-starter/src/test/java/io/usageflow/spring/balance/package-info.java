@NullMarked
package io.usageflow.spring.balance;

import org.jspecify.annotations.NullMarked;
