package io.usageflow.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * A real Kafka broker (KRaft, broker and controller in one node) in this JVM, on 127.0.0.1, without security. Up in a
 * few seconds. Thread-safe.
 *
 * <p>{@link #stop()} and {@link #resume()} are an outage: same port, same data. {@link #close()} ends it for good; the
 * data directory is deleted unless it was given in the options.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final int STARTS_MAX = 5;

    private final EmbeddedBrokerOptions options;
    private final Path directory;
    private int port;
    private @Nullable BrokerNode node;
    private boolean closed;

    private EmbeddedBroker(EmbeddedBrokerOptions options, Path directory) {
        this.options = options;
        this.directory = directory;
        this.port = options.port();
    }

    /** On a free port, with a temporary directory. */
    public static EmbeddedBroker start() {
        return start(EmbeddedBrokerOptions.defaults());
    }

    /**
     * Returns when the broker serves its clients.
     *
     * @throws PortBusyException if the options name a port that something listens on
     */
    public static EmbeddedBroker start(EmbeddedBrokerOptions options) {
        EmbeddedBroker broker =
                new EmbeddedBroker(options, options.dataDirectory().orElseGet(TemporaryDirectories::create));
        try {
            broker.resume();
        } catch (RuntimeException e) {
            broker.close();
            throw e;
        }
        return broker;
    }

    /** For {@code bootstrap.servers}; the same after {@link #resume()}. */
    public synchronized String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    public synchronized int port() {
        return port;
    }

    /** Where the data lies; gone after {@link #close()} where it was temporary. */
    Path directory() {
        return directory;
    }

    public synchronized boolean isRunning() {
        return node != null;
    }

    /** Shuts the node down in order and keeps port and data for {@link #resume()}. Does nothing when stopped. */
    public synchronized void stop() {
        BrokerNode running = node;
        node = null;
        if (running != null) {
            running.stop();
        }
    }

    /**
     * Starts the node again after {@link #stop()}. Does nothing when running.
     *
     * @throws PortBusyException if something else has taken the port meanwhile
     * @throws IllegalStateException after {@link #close()}
     */
    public synchronized void resume() {
        if (closed) {
            throw new IllegalStateException("the broker is closed: start another");
        }
        for (int attempt = 1; node == null; attempt++) {
            int chosen = port == 0 ? FreePorts.any() : port;
            if (port != 0 && !FreePorts.isFree(port)) {
                throw new PortBusyException("Kafka broker", port);
            }
            try {
                node = BrokerNode.start(directory, chosen, FreePorts.anyBut(chosen), options.settings());
                port = chosen;
            } catch (RuntimeException e) {
                // A free port may be taken by another process before Kafka binds it.
                if (!isBindFailure(e) || attempt == STARTS_MAX) {
                    throw e;
                }
            }
        }
    }

    /** Ends the broker. A second call does nothing. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            stop();
        } finally {
            if (options.dataDirectory().isEmpty()) {
                TemporaryDirectories.delete(directory);
            }
        }
    }

    private static boolean isBindFailure(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                return true;
            }
        }
        return false;
    }

    /** Something listens on a port that was asked for; its cause is a {@link BindException}. */
    static final class PortBusyException extends IllegalStateException {
        private static final long serialVersionUID = 1;

        PortBusyException(String who, int port) {
            super(
                    "port " + port + " on 127.0.0.1 is in use, the " + who
                            + " cannot listen there: stop what uses it, or choose another port (0 takes a free one)",
                    new BindException("port " + port + " is in use"));
        }
    }

    /** Makes and deletes the directories of brokers that keep nothing. */
    static final class TemporaryDirectories {
        private TemporaryDirectories() {}

        static Path create() {
            try {
                return Files.createTempDirectory("usageflow-kafka-");
            } catch (IOException e) {
                throw new UncheckedIOException("no temporary directory could be made: set java.io.tmpdir", e);
            }
        }

        /** Does nothing where it is gone already. */
        static void delete(Path directory) {
            try {
                Utils.delete(directory.toFile());
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "the broker's temporary directory " + directory + " could not be deleted", e);
            }
        }
    }
}
