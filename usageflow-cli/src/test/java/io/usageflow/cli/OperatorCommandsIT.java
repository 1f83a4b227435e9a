package io.usageflow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.dev.DevEnvironment;
import io.usageflow.cli.dev.DevOptions;
import io.usageflow.forwarder.Forwarder;
import io.usageflow.forwarder.config.AdminSettings;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator's commands against a pipeline that runs. Each test has accounts of its own. */
class OperatorCommandsIT {
    private static final Duration SOON = Duration.ofMinutes(3);

    private static DevEnvironment dev;
    private static Forwarder forwarder;
    private static Map<String, String> environment;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        dev = DevEnvironment.start(DevOptions.onFreePorts());
        forwarder = Forwarder.start(
                Settings.load(ConfigSources.none().with(dev.settings(), "test").with(AdminSettings.PORT, "0", "test")));
        environment = new HashMap<>();
        dev.settings().forEach((key, value) -> environment.put(variable(key), value));
        environment.put(variable(AdminSettings.PORT), forwarder.adminUrl().replaceAll(".*:", ""));
        await().atMost(SOON).until(() -> forwarder.health().ready());
    }

    @AfterAll
    static void stop() {
        forwarder.close();
        dev.close();
    }

    @Test
    void shouldImportListAndDeleteLinks() throws Exception {
        Path file = Files.writeString(folder.resolve("links.csv"), """
            account,customer_id,customer_external_id
            import_1,,acct_1
            import_2,cust_2,
            import_3,,
            import_4,,acct_4
            """);

        CommandRun refused = run(2, "links", "import", file.toString(), "--apply");
        assertThat(refused.err())
                .contains("line 4: must fill in one of customer_id and customer_external_id")
                .contains("1 of 4 lines are bad, so nothing was written");
        run(1, "links", "list", "--account", "import_1");

        CommandRun plan = run(1, "links", "import", file.toString(), "--partial", "--no-verify");
        assertThat(plan.out()).contains("new 3, changed 0, unchanged 0, bad lines 1", "Nothing was written");
        run(1, "links", "list", "--account", "import_1");

        assertThat(run(1, "links", "import", file.toString(), "--partial", "--apply", "--no-verify")
                        .out())
                .contains("written 3, failed 0");
        assertThat(run(0, "links", "list", "--account", "import_2").out())
                .contains("import_2", "Credyt's id", "cust_2");
        Path again = Files.writeString(
                folder.resolve("again.csv"), "account,customer_external_id\nimport_1,acct_1\nimport_4,moved\n");
        assertThat(run(0, "links", "import", again.toString(), "--apply", "--no-verify")
                        .out())
                .contains("line 3: import_4 is linked to acct_4, from now on to moved")
                .contains("new 0, changed 1, unchanged 1, bad lines 0", "written 1, failed 0");
        assertThat(run(0, "links", "list", "--customers", "--json").out().lines())
                .filteredOn(line -> line.contains("import_4"))
                .singleElement()
                .asString()
                .startsWith("{\"account\":\"import_4\",\"customer_external_id\":\"moved\",\"linked_at\":");
    }

    /** A link that another producer, or an earlier release, wrote under a name that is refused now. */
    @Test
    void shouldFindAndRemoveALinkWithABlankBehindItsName() throws Exception {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", dev.settings().get("kafka.bootstrap.servers"));
        var serializer = io.usageflow.schema.serde.AvroSerdes.<io.usageflow.schema.CustomerLink>valueSerializer(
                Map.of("schema.registry.url", dev.settings().get("schema.registry.url")));
        String topic = "usage.customer-links";
        var link = new io.usageflow.schema.CustomerLink(
                "padded ",
                new io.usageflow.schema.CredytReference(io.usageflow.schema.ReferenceKind.EXTERNAL_ID, "acct_1", null),
                java.time.Instant.now());
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            topic, "padded ".getBytes(StandardCharsets.UTF_8), serializer.serialize(topic, link)))
                    .get();
        }

        assertThat(run(1, "links", "list").err())
                .contains("padded\\u0020: account_id ends with a blank: leave out the blanks around it")
                .contains("'usageflow links delete' removes such a link too");
        assertThat(run(0, "links", "delete", "--account", "padded ").out())
                .contains("account padded\\u0020 has a link that admission refuses", "Nothing was deleted");
        assertThat(run(0, "links", "delete", "--account", "padded ", "--apply").out())
                .contains("deleted the link of padded\\u0020");
        assertThat(run(2, "links", "delete", "--account", "padded ", "--apply").err())
                .contains("account padded\\u0020 has no link, so nothing was deleted");
        assertThat(run(0, "links", "list").err()).doesNotContain("padded");
        assertThat(run(2, "links", "put", "--account", "padded ", "--customer-external-id", "acct_1")
                        .err())
                .contains("account_id ends with a blank");
    }

    @Test
    void shouldSayWhatDeletingALinkHoldsUpAndLetItGoAgain() {
        run(0, "links", "put", "--account", "parker", "--customer-external-id", "acct_1");
        publish("parker");

        CommandRun plan = run(0, "links", "delete", "--account", "parker");
        assertThat(plan.out())
                .contains("account parker is linked to acct_1", "park until there is a new link, at most 7d")
                .contains("In the last 1h it had 1 event.", "Nothing was deleted");
        assertThat(run(0, "links", "delete", "--account", "parker", "--apply").out())
                .contains("back again: usageflow links put --account parker --customer-external-id acct_1");
        assertThat(run(2, "links", "delete", "--account", "parker", "--apply").err())
                .contains("account parker has no link, so nothing was deleted");

        publish("parker");
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        run(0, "parked", "list", "--account", "parker").out())
                .contains("usageflow links put --account parker --customer-external-id ID"));
        assertThat(run(0, "parked", "list", "--json").out())
                .contains("\"missing_name\" : \"parker\"", "\"complete\" : true");
        run(0, "links", "put", "--account", "parker", "--customer-external-id", "acct_1");
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        run(0, "parked", "list", "--account", "parker").out())
                .doesNotContain("parker --customer"));
    }

    @Test
    void shouldTellSilenceFromNobodyWaiting() {
        CommandRun nobody = run(3, "parked", "list", "--admin", "http://127.0.0.1:1");
        assertThat(nobody.out()).isEmpty();
        assertThat(nobody.err()).contains("http://127.0.0.1:1 does not answer");
        assertThat(run(2, "parked", "list", "--admin", "forwarder:8080").err()).contains("write http://HOST:PORT");
        assertThat(run(2, "parked", "list", "--limit", "0").err()).contains("--limit is 0");
    }

    /** Stopped in the middle, gone on with, and published once more as a whole: billed once. */
    @Test
    void shouldBillABackfillOnceHoweverOftenItRuns() throws Exception {
        var text = new StringBuilder();
        for (int line = 1; line <= 600; line++) {
            text.append("{\"event_type\":\"image_generated\",\"account_id\":\"backfill\",\"subject\":\"")
                    .append(line / 3)
                    .append("\"}\n");
        }
        String input = Files.writeString(folder.resolve("usage.jsonl"), text).toString();
        String position = folder.resolve("position").toString();
        run(0, "links", "put", "--account", "backfill", "--customer-external-id", "backfill", "--no-verify");

        var first = new CommandRun().with(environment);
        var ended = new CompletableFuture<Integer>();
        new Thread(() -> ended.complete(first.run("publish", "--input", input, "--resume", position, "--rate", "50")))
                .start();
        await().atMost(SOON)
                .until(() -> Files.exists(Path.of(position))
                        && Files.readString(Path.of(position)).matches("(?s).*\"published\" : [1-9]\\d+.*"));
        first.stop();
        assertThat(ended.join()).isEqualTo(ExitCode.PROBLEMS);
        assertThat(first.err()).contains("the input was not read to its end: run the same command again to continue");

        CommandRun second = run(0, "publish", "--input", input, "--resume", position);
        assertThat(second.err()).contains("going on after line ");
        assertThat(second.out()).contains("lines done before ");
        assertThat(run(0, "publish", "--input", input).out()).startsWith("published 600, bad lines 0, failed 0");

        assertThat(run(0, "publish", "--input", input, "--resume", position).out())
                .startsWith("published 0, bad lines 0, failed 0, lines done before 600");
        await().atMost(SOON).until(() -> duplicates() >= 600);
        await().atMost(SOON).untilAsserted(() -> assertThat(dev.sandbox().balance("backfill", "USD"))
                .isEqualByComparingTo("-24.00"));
    }

    @Test
    void shouldRefuseToGoOnWithAnotherBackfill() throws Exception {
        String position = folder.resolve("position").toString();
        Path input = Files.writeString(
                folder.resolve("a.jsonl"), "{\"id\":\"x1\",\"event_type\":\"t\",\"account_id\":\"other\"}\n");
        run(0, "publish", "--input", input.toString(), "--resume", position);

        assertThat(run(2, "publish", "--input", input.toString(), "--resume", position, "--id-from", "subject")
                        .err())
                .contains("belongs to another backfill: its id-from was '' and is 'subject' now");
        Path noted = Path.of(position);
        Files.writeString(
                noted,
                Files.readString(noted)
                        .replaceFirst("\"topic_id\" : \"[^\"]+\"", "\"topic_id\" : \"of-a-topic-before\""));
        assertThat(run(2, "publish", "--input", input.toString(), "--resume", position)
                        .err())
                .contains("belongs to another backfill: its topic_id was 'of-a-topic-before' and is '");
        Files.delete(noted);
        run(0, "publish", "--input", input.toString(), "--resume", position);
        Files.writeString(input, "{\"id\":\"x2\",\"event_type\":\"t\",\"account_id\":\"other\"}\n");
        assertThat(run(2, "publish", "--input", input.toString(), "--resume", position)
                        .err())
                .contains("the input has changed since the position was noted");
    }

    @Test
    void shouldFindAForwarderThatRunsInOrder() {
        CommandRun doctor = run(0, "doctor", "--json");

        assertThat(doctor.out())
                .contains("\"healthy\" : true", "a forwarder runs on", "answers and takes the key")
                .contains("all 10 are as they must be", "what the roles admission, delivery need is granted")
                .doesNotContain("\"FAIL\"", "\"SKIPPED\"");
    }

    @Test
    void shouldFindWhatIsMissing() throws Exception {
        try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CommandRun away = run(
                    1,
                    "doctor",
                    "--bootstrap-servers",
                    "127.0.0.1:" + silent.getLocalPort(),
                    "--schema-registry",
                    "http://127.0.0.1:1",
                    "--set",
                    "credyt.api.key=wrong",
                    "--set",
                    "admin.port=" + busy.getLocalPort());
            assertThat(away.out())
                    .containsPattern("FAIL +kafka ")
                    .containsPattern("SKIPPED +topics ")
                    .containsPattern("FAIL +schema registry ")
                    .containsPattern("FAIL +Credyt +\\S+ refuses the key")
                    .containsPattern("FAIL +admin port ")
                    .contains("What to do:", "A forwarder does not run like this.")
                    .doesNotContain("wrong");
        }
        CommandRun noTopics = run(1, "doctor", "--set", "topics.prefix=nowhere");
        assertThat(noTopics.out()).contains("nowhere.events does not exist");
        CommandRun settings = run(1, "doctor", "--set", "admin.prot=1");
        assertThat(settings.out()).contains("did you mean admin.port?").containsPattern("SKIPPED +all else");
    }

    @Test
    void shouldPlanTopicsForScripts() {
        assertThat(run(0, "topics", "plan", "--json").out()).contains("\"ready\" : true", "\"usage.replays\"");
        assertThat(run(1, "topics", "plan", "--json", "--set", "topics.prefix=nowhere")
                        .out())
                .contains("\"ready\" : false", "\"state\" : \"missing\"");
    }

    private static void publish(String account) {
        run(0, "publish", "--account", account, "--event-type", "image_generated");
    }

    private static double duplicates() {
        return Http.get(forwarder.adminUrl() + "/metrics")
                .lines()
                .filter(line -> line.startsWith("usageflow_admission_events_total{outcome=\"duplicate\"}"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private static CommandRun run(int exitCode, String... args) {
        var command = new CommandRun().with(environment);
        assertThat(command.run(args))
                .as(() -> String.join(" ", args) + "\n" + command.out() + command.err())
                .isEqualTo(exitCode);
        return command;
    }

    private static String variable(String key) {
        return "USAGEFLOW_" + key.toUpperCase(Locale.ROOT).replace('.', '_');
    }
}
