/** The whole state of the sandbox under one lock. */
@NullMarked
package io.usageflow.sandbox.books;

import org.jspecify.annotations.NullMarked;
