package io.usageflow.forwarder.delivery;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A way to the sandbox on which every second connection comes to grief after some bytes, wherever in a request or an
 * answer that is: it is reset, or stays open and carries nothing any more. Thread-safe. While {@link #calm} it carries all.
 */
final class TroubledWire implements AutoCloseable {
    private static final int REQUEST_BYTES_MAX = 12_000;
    private static final int ANSWER_BYTES_MAX = 600;

    private final URI target;
    private final Random random;
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Map<Fate, Integer> met = new TreeMap<>();
    private volatile boolean calm;

    /** What becomes of a connection. */
    enum Fate {
        NONE,
        RESET_IN_REQUEST,
        RESET_IN_ANSWER,
        SILENT_IN_REQUEST,
        SILENT_IN_ANSWER;

        boolean isReset() {
            return this == RESET_IN_REQUEST || this == RESET_IN_ANSWER;
        }
    }

    TroubledWire(URI target, long seed) {
        this.target = target;
        this.random = new Random(seed);
        try {
            this.server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        start(this::accept);
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    /** From now on nothing more goes wrong. */
    void calm() {
        calm = true;
    }

    /** How often each fate has struck. */
    synchronized Map<Fate, Integer> met() {
        return new TreeMap<>(met);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                open.add(client);
                Socket credyt = new Socket(target.getHost(), target.getPort());
                open.add(credyt);
                Fate fate = next();
                start(() -> carry(client, credyt, budget(fate, true), fate));
                start(() -> carry(credyt, client, budget(fate, false), fate));
            } catch (IOException closed) {
                // The server socket is closed at the end of the test, or the sandbox is: then nobody connects any more.
                return;
            }
        }
    }

    private synchronized Fate next() {
        return random.nextBoolean() ? Fate.NONE : Fate.values()[1 + random.nextInt(Fate.values().length - 1)];
    }

    /** Bytes that are carried in this direction. */
    private synchronized long budget(Fate fate, boolean request) {
        boolean struck = fate == (request ? Fate.RESET_IN_REQUEST : Fate.RESET_IN_ANSWER)
                || fate == (request ? Fate.SILENT_IN_REQUEST : Fate.SILENT_IN_ANSWER);
        return struck ? random.nextInt(request ? REQUEST_BYTES_MAX : ANSWER_BYTES_MAX) : Long.MAX_VALUE;
    }

    private void carry(Socket from, Socket to, long budget, Fate fate) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] piece = new byte[4096];
            long left = budget;
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                int carried = calm ? read : (int) Math.min(read, left);
                out.write(piece, 0, carried);
                left -= carried;
                if (carried < read) {
                    strike(fate, from, to);
                    return;
                }
            }
            close(to);
        } catch (IOException broken) {
            // One side is gone, so the other goes too.
            close(from);
            close(to);
        }
    }

    private void strike(Fate fate, Socket from, Socket to) throws IOException {
        synchronized (this) {
            met.merge(fate, 1, Integer::sum);
        }
        if (fate.isReset()) {
            for (Socket socket : new Socket[] {from, to}) {
                socket.setSoLinger(true, 0); // closing then sends RST
                close(socket);
            }
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "troubled-wire");
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        open.forEach(TroubledWire::close);
    }
}
