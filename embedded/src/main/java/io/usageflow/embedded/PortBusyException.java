package io.usageflow.embedded;

import java.net.BindException;

/** Something listens on a port that was asked for; its cause is a {@link BindException}. */
public final class PortBusyException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    private final int port;

    PortBusyException(String who, int port) {
        super(
                "port " + port + " on 127.0.0.1 is in use, the " + who
                        + " cannot listen there: stop what uses it, or choose another port (0 takes a free one)",
                new BindException("port " + port + " is in use"));
        this.port = port;
    }

    public int port() {
        return port;
    }
}
