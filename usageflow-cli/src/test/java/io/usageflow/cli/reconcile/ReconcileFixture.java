package io.usageflow.cli.reconcile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.cli.CommandRun;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.embedded.SchemaRegistryServer;
import io.usageflow.forwarder.kafka.TopicReader;
import io.usageflow.forwarder.testing.DeliveredEvents;
import io.usageflow.forwarder.testing.WrittenTopics;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Topics and a Credyt sandbox that hold what delivery leaves behind, and the command over them. */
abstract class ReconcileFixture {
    /** 5,000 by default, 50,000 in the full run. */
    static final int MANY = 2_500 * Integer.getInteger("usageflow.fault.rounds", 2);

    static final Duration SOON = Duration.ofMinutes(3);
    static final ObjectMapper JSON = new ObjectMapper();

    @AutoClose
    static EmbeddedBroker broker;

    @TempDir
    Path folder;

    final Instant yesterday = Instant.now().minus(Duration.ofDays(1));

    @AutoClose
    final CredytSandbox sandbox = CredytSandbox.start(SandboxOptions.dev().withApiKeys("dev"));

    @AutoClose
    WrittenTopics topics = new WrittenTopics(broker.bootstrapServers());

    DeliveredEvents events = new DeliveredEvents(topics, sandbox);

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedBroker.start();
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

    /** Makes the topics again with a registry that other processes reach. */
    void useRegistry(SchemaRegistryServer registry) {
        topics.close();
        topics = new WrittenTopics(broker.bootstrapServers(), registry.url());
        events = new DeliveredEvents(topics, sandbox);
    }

    /** Writes three records that are no receipts: rubbish, no bytes, and an unknown schema. */
    void writeUnreadableReceipts() {
        for (byte[] bad : List.of("rubbish".getBytes(UTF_8), new byte[0], new byte[] {0, 0, 0, 0x12, 0x67, 1, 2, 3})) {
            topics.send(topics.names().receipts(), "acct_1", bad, Map.of());
        }
        topics.flush();
    }

    /** Key, headers and value of each committed record, as text. */
    List<String> records(String topic) {
        List<String> records = new ArrayList<>();
        new TopicReader(topics.settings(Map.of()).kafka().client()).read(topic, record -> {
            var text = new StringBuilder(new String(record.key(), UTF_8));
            record.headers().forEach(header -> text.append(' ')
                    .append(header.key())
                    .append('=')
                    .append(new String(header.value(), UTF_8)));
            records.add(
                    text.append(' ').append(new String(record.value(), UTF_8)).toString());
        });
        return records;
    }

    /** Deletes all records of the topic, as retention does. */
    static void deleteRecords(String topic) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
            for (int i = 0; i < WrittenTopics.PARTITIONS; i++) {
                all.put(new TopicPartition(topic, i), RecordsToDelete.beforeOffset(-1));
            }
            admin.deleteRecords(all).all().get();
        }
    }

    /** Returns a count of a killed run's checkpoint; -1 before there is one. */
    static long counted(String what, Path checkpoint) {
        try {
            return Files.exists(checkpoint)
                    ? JSON.readTree(checkpoint.toFile()).at("/tally/" + what).longValue()
                    : -1;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<String> credytIds(Path report) throws IOException {
        return Files.readAllLines(report).stream()
                .map(line -> line.replaceAll(".*\"credyt_event_id\":\"([^\"]+)\".*", "$1"))
                .toList();
    }

    /** Asserts that the options are refused as wrong usage, in one line that contains the text. */
    void assertRefused(String text, String... options) {
        var command = new CommandRun();
        assertThat(command.run(reconcile(options)))
                .describedAs(List.of(options).toString())
                .isEqualTo(ExitCode.USAGE);
        assertThat(command.err().lines()).singleElement().asString().contains(text);
    }
}
