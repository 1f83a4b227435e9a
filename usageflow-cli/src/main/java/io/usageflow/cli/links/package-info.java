/** {@code usageflow links}: put, import, list and delete. */
@NullMarked
package io.usageflow.cli.links;

import org.jspecify.annotations.NullMarked;
