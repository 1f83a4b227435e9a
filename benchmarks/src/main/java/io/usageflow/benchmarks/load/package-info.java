/**
 * The load: {@link io.usageflow.benchmarks.load.EventFeed} makes events like those of a real user,
 * {@link io.usageflow.benchmarks.load.SliceWriter} lays them into Kafka so that a side finds all of them at once, and
 * {@link io.usageflow.benchmarks.load.Accounts} writes the links of their accounts and vendor.
 */
@NullMarked
package io.usageflow.benchmarks.load;

import org.jspecify.annotations.NullMarked;
