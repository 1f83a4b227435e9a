package io.usageflow.cli.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.cli.CommandRun;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.embedded.EmbeddedBrokerOptions;
import io.usageflow.forwarder.testing.DeliveredEvents;
import io.usageflow.forwarder.testing.GuardedKafka;
import io.usageflow.forwarder.testing.GuardedKafka.Right;
import io.usageflow.forwarder.testing.WrittenTopics;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rights that docs/finance.md lists are enough for each command, and none is superfluous. */
class ReconcileRightsIT {
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| (`(?:reconcile|remedy)[^|]*) \\|([^|]*)\\|([^|]*)\\|([^|]*)\\|$");
    private static final Pattern NAME = Pattern.compile("`([^`]+)`");

    @TempDir
    Path folder;

    private final EmbeddedBroker broker =
            EmbeddedBroker.start(EmbeddedBrokerOptions.defaults().withSettings(GuardedKafka.BROKER));
    private final GuardedKafka kafka = new GuardedKafka(broker.bootstrapServers());
    private final CredytSandbox sandbox =
            CredytSandbox.start(SandboxOptions.dev().withApiKeys("dev"));
    private final WrittenTopics topics = new WrittenTopics(kafka.admin(), "mock://rights");

    /** A row of the page's table. */
    private record Row(List<String> commands, List<Right> rights) {}

    static List<Row> rows() throws IOException {
        String page = Files.readString(Path.of("../docs/finance.md"));
        String section = page.substring(page.indexOf("\n## Rights\n"));
        return ROW.matcher(section)
                .results()
                .map(row -> {
                    List<Right> rights = new ArrayList<>();
                    names(row, 2).forEach(topic -> rights.add(new Right(ResourceType.TOPIC, topic, AclOperation.READ)));
                    names(row, 3)
                            .forEach(topic -> rights.add(new Right(ResourceType.TOPIC, topic, AclOperation.WRITE)));
                    names(row, 4)
                            .forEach(
                                    id -> rights.add(new Right(ResourceType.TRANSACTIONAL_ID, id, AclOperation.WRITE)));
                    return new Row(names(row, 1), rights);
                })
                .toList();
    }

    private static List<String> names(MatchResult row, int column) {
        return NAME.matcher(row.group(column))
                .results()
                .map(name -> name.group(1))
                .toList();
    }

    @AfterEach
    void close() {
        topics.close();
        sandbox.close();
        broker.close();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void shouldNeedTheRightsOfThePageAndNoOthers(Row row) throws Exception {
        var events = new DeliveredEvents(topics, sandbox)
                .deliver(4, Instant.now().minus(Duration.ofDays(1)))
                .deliverWithoutAnswer(1);
        events.postAside(1, UUID.randomUUID().toString());
        sandbox.deleteEvent(events.ids().get(0));
        sandbox.dropFees(events.ids().get(1));
        sandbox.setFee(events.ids().get(2), new BigDecimal("0.4"), "USD");
        // Without a record the right to read the marks is never used.
        topics.write(topics.names().deadLetterMarks(), "another", new byte[0], Map.of());
        run("reconcile", kafka.admin());
        List<Right> rights = row.rights().stream().map(this::here).toList();
        String last = row.commands().get(row.commands().size() - 1);

        for (Right missing : rights) {
            kafka.grantOnly(
                    rights.stream().filter(right -> !right.equals(missing)).toList());
            CommandRun refused = new CommandRun();
            assertThat(refused.run(words(last, kafka.service())))
                    .as("%s without %s: %s%s", last, missing, refused.out(), refused.err())
                    .isEqualTo(ExitCode.UNREACHABLE);
        }

        kafka.grantOnly(rights);
        for (String command : row.commands()) {
            run(command, kafka.service());
        }
    }

    private Right here(Right right) {
        String prefix = topics.names().prefix();
        return new Right(right.type(), right.name().replaceFirst("^usage", prefix), right.operation());
    }

    private void run(String command, Map<String, String> client) {
        var run = new CommandRun();
        assertThat(run.run(words(command, client)))
                .as(command + "\n" + run.out() + run.err())
                .isIn(ExitCode.OK, ExitCode.PROBLEMS);
        assertThat(run.out()).as(command).isNotEmpty();
    }

    private String[] words(String command, Map<String, String> client) {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        String report = folder.resolve("report.csv").toString();
        if (words.get(0).equals("remedy")) {
            words.add(1, report);
        } else {
            words.addAll(List.of("--from", "2d"));
        }
        if (command.equals("reconcile") && !Files.exists(Path.of(report))) {
            words.addAll(List.of("--report", report));
        }
        if (words.contains("--apply")) {
            words.addAll(List.of("--why", "rights"));
        }
        words.addAll(List.of("--set", "credyt.url=" + sandbox.url(), "--set", "credyt.api.key=dev"));
        words.addAll(List.of("--rate", "10000"));
        client.forEach((key, value) -> words.addAll(List.of("--set", "kafka." + key + "=" + value)));
        return topics.with(words.toArray(new String[0]));
    }
}
