/**
 * What Credyt's answer to a question means, such as {@code GET /events/{id}}: asked by reconciliation, and by delivery
 * where an answer did not say whether Credyt has an event. Pure but for the pace at which questions may be asked.
 */
@NullMarked
package io.usageflow.forwarder.credyt.lookup;

import org.jspecify.annotations.NullMarked;
