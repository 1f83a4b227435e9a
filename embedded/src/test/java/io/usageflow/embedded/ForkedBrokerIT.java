package io.usageflow.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.usageflow.embedded.EmbeddedBroker.PortBusyException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForkedBrokerIT {
    @Test
    void shouldKeepWhatWasAcknowledgedThroughAKill() throws Exception {
        try (ForkedBroker broker = ForkedBroker.start()) {
            String bootstrap = broker.bootstrapServers();
            TopicCreation.create(bootstrap, List.of(KafkaWords.TOPIC));
            KafkaWords.write(bootstrap, "a", "b", "c");
            long killed = broker.pid();

            broker.kill();
            assertThat(ProcessHandle.of(killed)).isEmpty();
            broker.kill();
            broker.restart();

            assertThat(broker.bootstrapServers()).isEqualTo(bootstrap);
            assertThat(broker.pid()).isNotEqualTo(killed);
            KafkaWords.write(bootstrap, "d");
            assertThat(KafkaWords.readAll(bootstrap)).containsExactlyInAnyOrder("a", "b", "c", "d");
        }
    }

    @Test
    void shouldShutDownInOrderAndStartAgain(@TempDir Path directory) throws Exception {
        EmbeddedBrokerOptions options = EmbeddedBrokerOptions.defaults().withDataDirectory(directory);
        try (ForkedBroker broker = ForkedBroker.start(options)) {
            TopicCreation.create(broker.bootstrapServers(), List.of(KafkaWords.TOPIC));
            KafkaWords.write(broker.bootstrapServers(), "kept");

            broker.stop();
            assertThatThrownBy(broker::pid).isInstanceOf(IllegalStateException.class);
            broker.restart();

            assertThat(KafkaWords.readAll(broker.bootstrapServers())).containsExactly("kept");
        }
        assertThat(directory).isNotEmptyDirectory();
    }

    @Test
    void shouldDieWithItsParent(@TempDir Path directory) throws Exception {
        Path pidFile = directory.resolve("pid");
        Process parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ParentOfABroker.class.getName(),
                        pidFile.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("parent.log").toFile())
                .start();
        try {
            await().atMost(Duration.ofMinutes(2)).until(() -> Files.exists(pidFile) || !parent.isAlive());
            assertThat(parent.isAlive()).isTrue();
            ProcessHandle broker =
                    ProcessHandle.of(Long.parseLong(Files.readString(pidFile))).orElseThrow();

            parent.destroyForcibly().waitFor(60, TimeUnit.SECONDS);

            await().atMost(Duration.ofMinutes(3)).until(() -> !broker.isAlive());
        } finally {
            parent.destroyForcibly();
        }
    }

    @Test
    void shouldNameABusyPort() throws Exception {
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress(FreePorts.loopback(), 0));

            assertThatThrownBy(() ->
                            ForkedBroker.start(EmbeddedBrokerOptions.defaults().withPort(taken.getLocalPort())))
                    .isInstanceOf(PortBusyException.class)
                    .hasMessageContaining("port " + taken.getLocalPort());
        }
    }

    /** Starts a broker, says so in the file named by its argument, and waits to be killed. */
    static final class ParentOfABroker {
        public static void main(String[] args) throws Exception {
            ForkedBroker broker = ForkedBroker.start(EmbeddedBrokerOptions.defaults()
                    .withDataDirectory(Path.of(args[0]).resolveSibling("data")));
            Path written = Files.writeString(Path.of(args[0] + ".new"), Long.toString(broker.pid()));
            Files.move(written, Path.of(args[0]));
            Thread.currentThread().join();
        }
    }
}
