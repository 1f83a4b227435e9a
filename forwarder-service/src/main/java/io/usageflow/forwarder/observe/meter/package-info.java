/** Catalogues of the meters, the page that explains them, and the process's registry of meters. */
@NullMarked
package io.usageflow.forwarder.observe.meter;

import org.jspecify.annotations.NullMarked;
