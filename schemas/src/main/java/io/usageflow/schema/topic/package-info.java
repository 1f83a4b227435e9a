/** Topic names and their settings, in one place. */
@NullMarked
package io.usageflow.schema.topic;

import org.jspecify.annotations.NullMarked;
