/** Accounts below the API key's own account. */
@NullMarked
package io.usageflow.sandbox.account;

import org.jspecify.annotations.NullMarked;
