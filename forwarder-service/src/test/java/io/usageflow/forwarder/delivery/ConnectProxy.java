package io.usageflow.forwarder.delivery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP proxy that knows CONNECT, and remembers every byte that passed it in the clear or not. */
final class ConnectProxy implements AutoCloseable {
    /** Heads of the requests made to the proxy itself. */
    final List<String> heads = new CopyOnWriteArrayList<>();

    final ByteArrayOutputStream passed = new ByteArrayOutputStream();
    private final ServerSocket server;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final String login;
    private final String refusal;

    /**
     * @param login {@code user:password}, or empty for everybody
     * @param refusal a status line to refuse everybody with, or empty
     */
    ConnectProxy(String login, String refusal) throws IOException {
        this.login = login;
        this.refusal = refusal;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                open.add(client);
                threads.execute(() -> quietly(() -> serve(client)));
            }
        } catch (IOException closed) {
            threads.shutdown();
        }
    }

    private void serve(Socket client) throws IOException {
        while (true) {
            String head = head(client.getInputStream());
            heads.add(head);
            if (!refusal.isEmpty()) {
                answer(client, refusal + "\r\nContent-Length: 2\r\n\r\n{}");
            } else if (!isLoggedIn(head)) {
                answer(client, """
                        HTTP/1.1 407 Who are you\r
                        Proxy-Authenticate: Basic realm="p"\r
                        Content-Length: 0\r
                        \r
                        """);
            } else {
                URI target = URI.create("http://" + head.split(" ", 3)[1]);
                Socket there = new Socket(target.getHost(), target.getPort());
                open.add(there);
                answer(client, "HTTP/1.1 200 Connected\r\n\r\n");
                threads.execute(() -> quietly(() -> pass(client.getInputStream(), there.getOutputStream())));
                pass(there.getInputStream(), client.getOutputStream());
                return;
            }
        }
    }

    private boolean isLoggedIn(String head) {
        String expected = Base64.getEncoder().encodeToString(login.getBytes(ISO_8859_1));
        return login.isEmpty() || head.contains("Proxy-Authorization: Basic " + expected + "\r\n");
    }

    private static void answer(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    private static String head(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the client left");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private void pass(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[8192];
        for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
            synchronized (passed) {
                passed.write(buffer, 0, count);
            }
            to.write(buffer, 0, count);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    /** Either side may leave at any time. */
    private static void quietly(Work work) {
        try {
            work.run();
        } catch (IOException left) {
            // The other side sees the same.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
