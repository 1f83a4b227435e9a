/** Files that hold what others may not read. */
@NullMarked
package io.usageflow.schema.file;

import org.jspecify.annotations.NullMarked;
