/** How text that others wrote is shown to people: the only escaping there is for logs, tables and reports. */
@NullMarked
package io.usageflow.schema.text;

import org.jspecify.annotations.NullMarked;
