package io.usageflow.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** Finds ports on 127.0.0.1. */
final class FreePorts {
    private static final int TRIES_MAX = 200;

    // Below Linux's range of ephemeral ports (32768 and up): there, while a broker is down for a test, the kernel may
    // give its port to an outgoing connection, even to a client's own attempt to reach that very port.
    private static final int LOWEST = 10_000;
    private static final int HIGHEST = 32_000;

    /** Given before and perhaps not listened on yet: a broker asks for two of them before it begins. */
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private FreePorts() {}

    /** A port without a listener, outside the ephemeral range, given once by this process. */
    static int any() {
        for (int i = 0; i < TRIES_MAX; i++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            if (GIVEN.add(port) && isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port between " + LOWEST + " and " + HIGHEST + " after " + TRIES_MAX
                + " tries: close what listens there");
    }

    /** As {@link #any}, but not the port that another process may have given. */
    static int anyBut(int port) {
        GIVEN.add(port);
        return any();
    }

    static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            // As Kafka and Jetty do: connections that linger in TIME_WAIT do not make a port busy.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(loopback(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    static InetAddress loopback() {
        try {
            return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        } catch (IOException e) {
            throw new IllegalStateException("127.0.0.1 is four bytes long", e);
        }
    }
}
