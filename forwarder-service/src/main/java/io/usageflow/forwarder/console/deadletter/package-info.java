/** The page of dead letters: which match, and each whole. */
@NullMarked
package io.usageflow.forwarder.console.deadletter;

import org.jspecify.annotations.NullMarked;
