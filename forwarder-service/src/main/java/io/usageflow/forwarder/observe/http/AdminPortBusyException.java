package io.usageflow.forwarder.observe.http;

/** The admin server cannot listen where the settings say. The message names the keys and the remedy. */
public final class AdminPortBusyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    AdminPortBusyException(String host, int port, Throwable cause) {
        super(
                "the admin server cannot listen on " + host + ":" + port
                        + " (admin.host, admin.port): stop what uses the"
                        + " port, or choose another one (0 takes a free one)",
                cause);
    }
}
