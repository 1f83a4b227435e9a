/** A table on disk for what a command remembers while it runs and that is too much for the heap. */
@NullMarked
package io.usageflow.forwarder.table;

import org.jspecify.annotations.NullMarked;
