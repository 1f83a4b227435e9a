/**
 * What a usage event must look like, in one place: the publisher checks it before anything is sent, admission checks it
 * again on what other producers wrote, and both say the same.
 *
 * <p>{@link io.usageflow.schema.rule.EventRules} takes the Avro record and answers with
 * {@link io.usageflow.schema.rule.Violation}s; the limits are its public constants.
 */
@NullMarked
package io.usageflow.schema.rule;

import org.jspecify.annotations.NullMarked;
