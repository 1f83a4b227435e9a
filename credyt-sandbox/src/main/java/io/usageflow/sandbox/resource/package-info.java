/**
 * The resources of the API other than products and events. The lock of the sandbox's state guards every mutable one.
 */
@NullMarked
package io.usageflow.sandbox.resource;

import org.jspecify.annotations.NullMarked;
