package io.usageflow.forwarder.identity;

import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.forwarder.credyt.ApiKeys;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import java.time.Clock;
import java.util.function.BooleanSupplier;

/**
 * Credyt, for one run of a command. Close it.
 *
 * @param keys also to remove them from texts
 */
public record CredytConnection(CredytHttp http, ApiKeys keys, IdentityLookup lookup) implements AutoCloseable {
    private static final int CONNECTIONS_MAX = 16;

    /**
     * Opens the client; sends nothing.
     *
     * @param perSecond most questions in a second
     * @param stopped asked several times a second
     * @throws org.apache.kafka.common.config.ConfigException if there is no usable API key
     */
    public static CredytConnection open(CredytSettings settings, double perSecond, BooleanSupplier stopped) {
        ApiKeys keys = ApiKeys.open(settings.apiKey(), System::nanoTime);
        CredytHttp http = new CredytHttp(settings, keys, CONNECTIONS_MAX);
        var queries = new CredytQueries(http::get, perSecond, Clock.systemUTC(), stopped);
        return new CredytConnection(http, keys, new IdentityLookup(queries));
    }

    @Override
    public void close() {
        http.close();
    }
}
