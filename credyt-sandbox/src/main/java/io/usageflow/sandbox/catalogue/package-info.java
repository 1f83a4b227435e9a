/** Products, their versions and prices, as {@code POST /products} describes them. */
@NullMarked
package io.usageflow.sandbox.catalogue;

import org.jspecify.annotations.NullMarked;
