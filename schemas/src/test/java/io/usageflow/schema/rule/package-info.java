@NullMarked
package io.usageflow.schema.rule;

import org.jspecify.annotations.NullMarked;
