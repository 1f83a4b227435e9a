/**
 * The rules for usage events, in one place: the publisher checks them before it sends, admission checks them again for
 * other producers' events, and both report the same.
 *
 * <p>{@link io.usageflow.schema.rule.EventRules} takes the Avro record and answers with
 * {@link io.usageflow.schema.rule.Violation}s; the limits are its public constants.
 */
@NullMarked
package io.usageflow.schema.rule;

import org.jspecify.annotations.NullMarked;
