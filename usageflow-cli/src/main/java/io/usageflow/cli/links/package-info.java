/** {@code usageflow links} and its subcommands. */
@NullMarked
package io.usageflow.cli.links;

import org.jspecify.annotations.NullMarked;
