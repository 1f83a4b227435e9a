/** Deterministic and time-ordered UUIDs, and the ids that are derived from an event's. */
@NullMarked
package io.usageflow.schema.id;

import org.jspecify.annotations.NullMarked;
