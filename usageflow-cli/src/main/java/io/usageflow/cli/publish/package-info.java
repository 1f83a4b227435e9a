/** {@code usageflow publish}: one event, or a file. */
@NullMarked
package io.usageflow.cli.publish;

import org.jspecify.annotations.NullMarked;
