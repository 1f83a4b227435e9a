package io.usageflow.schema.registry.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The stores behind TLS to the registry; where one is empty the JVM's default holds. Immutable; shows no password.
 * Host names are always checked.
 */
public record RegistryTls(Optional<Store> trust, Optional<Store> keys) {
    private static final String PREFIX = "schema.registry.ssl.";

    /**
     * A store file.
     *
     * @param setting the key prefix it was read from, for messages
     * @param type that the JVM knows, such as JKS (default) or PKCS12
     */
    public record Store(String setting, Path location, String password, String type) {
        @Override
        public String toString() {
            return type + " " + location;
        }
    }

    static Optional<RegistryTls> from(Map<String, ?> config) {
        RegistryTls tls = new RegistryTls(store(config, "truststore"), store(config, "keystore"));
        return tls.trust.isEmpty() && tls.keys.isEmpty() ? Optional.empty() : Optional.of(tls);
    }

    private static Optional<Store> store(Map<String, ?> config, String name) {
        String setting = PREFIX + name;
        return ConfigValues.text(config, setting + ".location")
                .map(location -> new Store(
                        setting,
                        Path.of(location),
                        ConfigValues.text(config, setting + ".password").orElse(""),
                        ConfigValues.text(config, setting + ".type").orElse("JKS")));
    }

    /**
     * Loads the stores.
     *
     * @throws org.apache.kafka.common.config.ConfigException naming the key of a store that cannot be read
     */
    SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    keys.map(RegistryTls::keyManagers)
                            .map(KeyManagerFactory::getKeyManagers)
                            .orElse(null),
                    trust.map(RegistryTls::trustManagers)
                            .map(TrustManagerFactory::getTrustManagers)
                            .orElse(null),
                    null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM cannot set up TLS", e);
        }
    }

    private static TrustManagerFactory trustManagers(Store store) {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(load(store));
            return factory;
        } catch (GeneralSecurityException | IOException e) {
            throw unreadable(store, e);
        }
    }

    private static KeyManagerFactory keyManagers(Store store) {
        try {
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(load(store), store.password.toCharArray());
            return factory;
        } catch (GeneralSecurityException | IOException e) {
            throw unreadable(store, e);
        }
    }

    private static KeyStore load(Store store) throws GeneralSecurityException, IOException {
        KeyStore keys = KeyStore.getInstance(store.type);
        char @Nullable [] password = store.password.isEmpty() ? null : store.password.toCharArray();
        try (InputStream in = Files.newInputStream(store.location)) {
            keys.load(in, password);
        }
        return keys;
    }

    private static RuntimeException unreadable(Store store, Exception cause) {
        return ConfigValues.invalid(
                store.setting + ".location",
                "names a store that cannot be read (" + store + "): check that the file exists and that "
                        + store.setting + ".password and .type fit it",
                cause);
    }
}
