package io.usageflow.embedded;

import io.javalin.Javalin;
import io.javalin.util.JavalinBindException;
import io.usageflow.embedded.EmbeddedBroker.PortBusyException;
import io.usageflow.schema.registry.InMemorySchemaRegistry;
import java.nio.file.Path;

/**
 * Confluent's REST API over a registry in memory, on 127.0.0.1. For tests and development: no authentication, no TLS.
 * Thread-safe.
 */
public final class SchemaRegistryServer implements AutoCloseable {
    private static final int STARTS_MAX = 5;

    private final Javalin server;
    private final int port;

    private SchemaRegistryServer(Javalin server, int port) {
        this.server = server;
        this.port = port;
    }

    /**
     * Serves an empty registry that is forgotten on close.
     *
     * @param port 0 takes a free one
     * @throws PortBusyException if something listens on the port
     */
    public static SchemaRegistryServer start(int port) {
        return start(port, new InMemorySchemaRegistry());
    }

    /** As {@link #start(int)}, with an existing registry. */
    public static SchemaRegistryServer start(int port, InMemorySchemaRegistry registry) {
        return start(port, RegistryStore.inMemory(registry));
    }

    /**
     * As {@link #start(int)}, but the registry outlives the server: needed with a broker that keeps its data, whose
     * records name their schemas by id.
     *
     * @param journal file to which each change is appended, and from which the registry is made again
     */
    public static SchemaRegistryServer start(int port, Path journal) {
        return start(port, RegistryStore.journaled(journal));
    }

    private static SchemaRegistryServer start(int port, RegistryStore store) {
        for (int attempt = 1; ; attempt++) {
            int chosen = port == 0 ? FreePorts.any() : port;
            // Asked first, because Javalin logs a failed start with its stack trace.
            if (port != 0 && !FreePorts.isFree(port)) {
                throw new PortBusyException("schema registry", port);
            }
            Javalin server = serving(store);
            try {
                server.start("127.0.0.1", chosen);
                return new SchemaRegistryServer(server, chosen);
            } catch (JavalinBindException e) {
                server.stop();
                // A free port may be taken by another process in between.
                if (port != 0 || attempt == STARTS_MAX) {
                    throw new PortBusyException("schema registry", chosen);
                }
            }
        }
    }

    private static Javalin serving(RegistryStore store) {
        RegistryRoutes routes = new RegistryRoutes(store);
        return Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.startup.showOldJavalinVersionWarning = false;
            config.startup.startupWatcherEnabled = false;
            routes.addTo(config.routes);
        });
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    /** Ends the server. A second call does nothing. */
    @Override
    public void close() {
        server.stop();
    }
}
