/** What was published and is not done yet: records with their futures, counters, and the log of refusals. */
@NullMarked
package io.usageflow.producer.internal.accounting;

import org.jspecify.annotations.NullMarked;
