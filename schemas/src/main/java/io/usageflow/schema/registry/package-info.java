/** Schema registries: the interface, its results and failures, and one in memory for tests. */
@NullMarked
package io.usageflow.schema.registry;

import org.jspecify.annotations.NullMarked;
