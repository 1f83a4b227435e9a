package io.usageflow.cli.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.cli.CommandRun;
import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.forwarder.testing.DeliveredEvents;
import io.usageflow.forwarder.testing.WrittenTopics;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Topics and a Credyt sandbox that hold what delivery leaves behind, and the command over them. */
abstract class ReconcileFixture {
    /** 5,000 by default, 50,000 in the full run. */
    static final int MANY = 2_500 * Integer.getInteger("usageflow.fault.rounds", 2);

    static final Duration SOON = Duration.ofSeconds(120);
    static final Instant YESTERDAY = Instant.now().minus(Duration.ofDays(1));
    static final ObjectMapper JSON = new ObjectMapper();

    static EmbeddedBroker broker;

    @TempDir
    Path folder;

    final CredytSandbox sandbox = CredytSandbox.start(SandboxOptions.dev().withApiKeys("dev"));
    WrittenTopics topics;
    DeliveredEvents events;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedBroker.start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void makeTopics() {
        topics = new WrittenTopics(broker.bootstrapServers());
        events = new DeliveredEvents(topics, sandbox);
    }

    @AfterEach
    void close() {
        topics.close();
        sandbox.close();
    }

    String[] reconcile(String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "reconcile", "--from", "2d", "--set", "credyt.url=" + sandbox.url(), "--set", "credyt.api.key=dev"));
        arguments.addAll(List.of(more));
        if (!arguments.contains("--rate")) {
            arguments.addAll(List.of("--rate", "10000"));
        }
        return topics.with(arguments.toArray(new String[0]));
    }

    static JsonNode json(CommandRun command) throws Exception {
        return JSON.readTree(command.out());
    }
}
