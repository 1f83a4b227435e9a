/**
 * What the sides are given: {@link io.usageflow.benchmarks.load.EventFeed} makes events as a real user's would be,
 * {@link io.usageflow.benchmarks.load.SliceWriter} lays them into Kafka so that a side finds all of them at once, and
 * {@link io.usageflow.benchmarks.load.Accounts} writes the links of their accounts and vendor.
 */
@NullMarked
package io.usageflow.benchmarks.load;

import org.jspecify.annotations.NullMarked;
