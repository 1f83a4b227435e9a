/** JSON with exact numbers, field errors by path, and the formats of ids and times. */
@NullMarked
package io.usageflow.sandbox.json;

import org.jspecify.annotations.NullMarked;
