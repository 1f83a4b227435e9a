/** Dead letters: events that need a person or a fix, with their original bytes and a closed reason. */
@NullMarked
package io.usageflow.forwarder.deadletter;

import org.jspecify.annotations.NullMarked;
