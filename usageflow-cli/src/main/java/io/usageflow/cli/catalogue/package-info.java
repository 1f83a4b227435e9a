/** {@code usageflow catalogue}: whether Credyt bills what is published. */
@NullMarked
package io.usageflow.cli.catalogue;

import org.jspecify.annotations.NullMarked;
