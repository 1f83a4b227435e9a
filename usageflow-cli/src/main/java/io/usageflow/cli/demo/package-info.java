/**
 * {@code usageflow demo}: the whole pipeline in one process on real or generated usage, with everything that goes wrong
 * in practice, and proof that the books agree.
 */
@NullMarked
package io.usageflow.cli.demo;

import org.jspecify.annotations.NullMarked;
