/**
 * The client for Credyt's API, for all callers: the client that sends a request once ({@link
 * io.usageflow.forwarder.credyt.CredytHttp}), the key as it is now, what an event looks like there ({@link
 * io.usageflow.forwarder.credyt.EventJson}), and what came back. No policy lives here: whether and when to send again is
 * decided by those who use it.
 */
@NullMarked
package io.usageflow.forwarder.credyt;

import org.jspecify.annotations.NullMarked;
