/** Files that only their owner may read. */
@NullMarked
package io.usageflow.schema.file;

import org.jspecify.annotations.NullMarked;
