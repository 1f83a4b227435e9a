/** {@code usageflow dead-letters}: list, show, replay and discard. */
@NullMarked
package io.usageflow.cli.deadletters;

import org.jspecify.annotations.NullMarked;
