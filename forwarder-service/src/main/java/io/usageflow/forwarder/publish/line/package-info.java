/** Lines of JSON and rows of CSV, each read as an event or refused with the reason. */
@NullMarked
package io.usageflow.forwarder.publish.line;

import org.jspecify.annotations.NullMarked;
