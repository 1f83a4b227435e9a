/**
 * Queries to Credyt, such as {@code GET /events/{id}}, and their results: for reconciliation, and for delivery after an
 * unclear answer.
 */
@NullMarked
package io.usageflow.forwarder.credyt.lookup;

import org.jspecify.annotations.NullMarked;
