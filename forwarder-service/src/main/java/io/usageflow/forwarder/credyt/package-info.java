/**
 * The client of Credyt's API: requests ({@link io.usageflow.forwarder.credyt.CredytHttp}), the current key, the JSON of
 * events ({@link io.usageflow.forwarder.credyt.EventJson}) and answers. It contains no policy: its callers decide about
 * retries.
 */
@NullMarked
package io.usageflow.forwarder.credyt;

import org.jspecify.annotations.NullMarked;
