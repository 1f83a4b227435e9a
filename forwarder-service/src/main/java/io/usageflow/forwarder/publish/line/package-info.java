/** Lines of JSON and rows of CSV: each is read as an event, with exact values and an id, or refused with the reason. */
@NullMarked
package io.usageflow.forwarder.publish.line;

import org.jspecify.annotations.NullMarked;
