package io.usageflow.forwarder.testing;

import io.usageflow.embedded.EmbeddedBrokerOptions;
import io.usageflow.embedded.ForkedBroker;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of Kafka's broker that is not ours. Maven writes its class path when it builds
 * {@code compatibility/kafka-broker-NAME}.
 *
 * @param number such as 3.9.2
 * @param jars of the broker and of what it needs
 */
public record KafkaVersion(String number, List<Path> jars) {
    private static final Pattern BROKER_JAR = Pattern.compile("kafka_2\\.13-(.+)\\.jar");

    /**
     * Reads what Maven has written.
     *
     * @param line such as 3.9
     */
    public static KafkaVersion of(String line) {
        Path file = Path.of("..", "compatibility", "kafka-broker-" + line, "target", "classpath.txt");
        List<Path> jars;
        try {
            jars = Arrays.stream(Files.readString(file).strip().split(File.pathSeparator))
                    .map(Path::of)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("build compatibility/kafka-broker-" + line + " first", e);
        }
        String number = jars.stream()
                .map(jar -> BROKER_JAR.matcher(Objects.toString(jar.getFileName())))
                .filter(Matcher::matches)
                .map(match -> match.group(1))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(file + " names no broker"));
        return new KafkaVersion(number, jars);
    }

    /** Starts a broker of this version. */
    public ForkedBroker start(EmbeddedBrokerOptions options) {
        return ForkedBroker.start(options, jars);
    }

    @Override
    public String toString() {
        return number;
    }
}
