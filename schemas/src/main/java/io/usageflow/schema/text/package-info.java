/** Shows foreign text to people: the one place that escapes for logs, tables and reports. */
@NullMarked
package io.usageflow.schema.text;

import org.jspecify.annotations.NullMarked;
