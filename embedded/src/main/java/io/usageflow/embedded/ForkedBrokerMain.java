package io.usageflow.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/** The process behind {@link ForkedBroker}: runs until its standard input ends, as it does when its parent dies. */
final class ForkedBrokerMain {
    static final String READY_FILE = "ready";
    static final String SETTINGS_FILE = "settings.properties";

    private ForkedBrokerMain() {}

    /** Arguments: data directory, port. */
    public static void main(String[] args) throws IOException {
        Path directory = Path.of(args[0]);
        try (EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBrokerOptions.defaults()
                .withPort(Integer.parseInt(args[1]))
                .withDataDirectory(directory)
                .withSettings(settings(directory)))) {
            Files.writeString(directory.resolve(READY_FILE), broker.bootstrapServers());
            // Nothing is written there; only its end counts.
            System.in.transferTo(OutputStream.nullOutputStream());
        }
        // Kafka's threads are no reason to outlive the parent.
        Runtime.getRuntime().halt(0);
    }

    private static Map<String, String> settings(Path directory) throws IOException {
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(directory.resolve(SETTINGS_FILE))) {
            properties.load(in);
        }
        Map<String, String> settings = new HashMap<>();
        properties.stringPropertyNames().forEach(key -> settings.put(key, properties.getProperty(key)));
        return settings;
    }
}
