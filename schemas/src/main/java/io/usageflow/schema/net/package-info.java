/** Decides which network addresses need encryption. */
@NullMarked
package io.usageflow.schema.net;

import org.jspecify.annotations.NullMarked;
