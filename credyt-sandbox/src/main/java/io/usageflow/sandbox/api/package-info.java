/**
 * The operations of the Credyt API: one class per resource; {@link io.usageflow.sandbox.api.CredytApi} lists them all.
 */
@NullMarked
package io.usageflow.sandbox.api;

import org.jspecify.annotations.NullMarked;
