package io.usageflow.embedded;

import io.javalin.Javalin;
import io.javalin.util.JavalinBindException;
import io.usageflow.schema.registry.InMemorySchemaRegistry;

/**
 * Confluent's REST API over a registry in memory, on 127.0.0.1. For tests and development: no authentication, no TLS.
 * Thread-safe.
 */
public final class SchemaRegistryServer implements AutoCloseable {
    private final Javalin server;
    private final int port;

    private SchemaRegistryServer(Javalin server, int port) {
        this.server = server;
        this.port = port;
    }

    /**
     * Serves an empty registry.
     *
     * @param port 0 takes a free one
     * @throws PortBusyException where something listens on the port
     */
    public static SchemaRegistryServer start(int port) {
        return start(port, new InMemorySchemaRegistry());
    }

    /** As {@link #start(int)}, over a registry at hand. */
    public static SchemaRegistryServer start(int port, InMemorySchemaRegistry registry) {
        int chosen = port == 0 ? FreePorts.any() : port;
        if (!FreePorts.isFree(chosen)) {
            throw new PortBusyException("schema registry", chosen);
        }
        RegistryRoutes routes = new RegistryRoutes(registry);
        Javalin server = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.startup.showOldJavalinVersionWarning = false;
            config.startup.startupWatcherEnabled = false;
            routes.addTo(config.routes);
        });
        try {
            server.start("127.0.0.1", chosen);
        } catch (JavalinBindException e) {
            server.stop();
            throw new PortBusyException("schema registry", chosen);
        }
        return new SchemaRegistryServer(server, chosen);
    }

    /** For {@code schema.registry.url}. */
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
