package io.usageflow.cli.publish;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.cli.CommandRun;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.forwarder.kafka.PartitionReader;
import io.usageflow.forwarder.testing.WrittenTopics;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import io.usageflow.sandbox.SandboxSeed.PriceSpec;
import io.usageflow.sandbox.fault.Fault;
import io.usageflow.sandbox.fault.FaultRule;
import io.usageflow.sandbox.fault.FaultRule.FaultMatch;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.ReferenceKind;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What publish says before it sends events that Credyt would accept and not bill. */
class PublishForecastIT {
    private static final String WELL = """
            {"id":"well-1","event_type":"message_completed","account_id":"acct_1","data":{"total_tokens":10}}
            {"id":"well-2","event_type":"message_completed","account_id":"acct_1","data":{"total_tokens":20}}
            {"id":"free","event_type":"cost_recorded","account_id":"acct_1"}
            """;
    private static final String UNBILLABLE = """
            {"id":"typo-1","event_type":"mesage_completed","account_id":"acct_1","data":{"total_tokens":10}}
            {"id":"typo-1","event_type":"mesage_completed","account_id":"acct_1","data":{"total_tokens":10}}
            {"id":"typo-2","event_type":"mesage_completed","account_id":"acct_1","data":{"total_tokens":10}}
            {"id":"volume","event_type":"message_completed","account_id":"acct_1","data":{"total_token":10}}
            {"id":"unsubscribed","event_type":"image_generated","account_id":"acct_1"}
            """;

    private static EmbeddedBroker broker;

    @TempDir
    Path folder;

    private final CredytSandbox sandbox =
            CredytSandbox.start(SandboxOptions.defaults().withApiKeys("dev"));
    private final URI url = sandbox.url();
    private WrittenTopics topics;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedBroker.start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void sellAssistants() {
        topics = new WrittenTopics(broker.bootstrapServers());
        sandbox.createProduct(
                "assistant", PriceSpec.volume("message_completed", "total_tokens", "USD", "0.01", "1000"));
        sandbox.createProduct("images", PriceSpec.unit("image_generated", "USD", "0.04"));
        sandbox.createCustomer("acme", "assistant");
        topics.write(
                topics.names().customerLinks(),
                "acct_1",
                new CustomerLink(
                        "acct_1",
                        new CredytReference(ReferenceKind.EXTERNAL_ID, "acme", null),
                        Instant.now().truncatedTo(ChronoUnit.MILLIS)));
    }

    @AfterEach
    void close() {
        topics.close();
        sandbox.close();
    }

    @Test
    void shouldNameWhatCredytWouldNotBillAndSendAll() throws Exception {
        CommandRun run = publish(ExitCode.OK, WELL + UNBILLABLE);

        assertThat(run.err())
                .containsPattern("NOT_BILLED, NO_PRICE_FOR_EVENT_TYPE +mesage_completed +2 +typo-1 of acct_1")
                .containsPattern("NOT_BILLED, VOLUME_MISSING +message_completed +1 +volume of acct_1")
                .containsPattern("NOT_BILLED, PRODUCT_NOT_SUBSCRIBED +image_generated +1 +unsubscribed of acct_1")
                .contains("did you mean message_completed?", "it has data.total_token")
                .contains("Credyt would not bill 4 of 7 events")
                .doesNotContain("nothing was published", "only the first");
        assertThat(run.out()).contains("published 7,");
        assertThat(published()).isEqualTo(7);
    }

    @Test
    void shouldSendNothingWhereThatIsAskedFor() throws Exception {
        CommandRun run = publish(ExitCode.PROBLEMS, WELL + UNBILLABLE, "--unbillable", "refuse", "--json");

        assertThat(run.err()).contains("Credyt would not bill 4 of 7 events", "nothing was published");
        JsonNode document = new ObjectMapper().readTree(run.out());
        assertThat(document.path("published").intValue()).isZero();
        assertThat(document.path("not_billed").intValue()).isEqualTo(4);
        assertThat(document.path("ended").booleanValue()).isFalse();
        assertThat(published()).isZero();

        CommandRun clean = publish(ExitCode.OK, WELL, "--unbillable", "refuse", "--json");
        document = new ObjectMapper().readTree(clean.out());
        assertThat(document.path("published").intValue()).isEqualTo(3);
        assertThat(document.path("not_billed").intValue()).isZero();
    }

    @Test
    void shouldSendNothingThatCannotBeJudgedWhereThatIsAskedFor() throws Exception {
        String unjudged =
                "{\"id\":\"j\",\"event_type\":\"message_completed\",\"account_id\":\"acct_1\",\"data\":{\"total_tokens\":1}}\n";
        sandbox.inject(FaultRule.always(FaultMatch.route("GET /customers"), Fault.status(400)));

        CommandRun run = publish(ExitCode.PROBLEMS, unjudged, "--unbillable", "refuse");

        assertThat(run.err()).contains("UNDECIDED", "and 1 cannot be judged");
        assertThat(published()).isZero();
    }

    @Test
    void shouldSayThatItCouldNotCheck() throws Exception {
        sandbox.close();

        CommandRun refused = publish(ExitCode.UNREACHABLE, UNBILLABLE, "--unbillable", "refuse");
        assertThat(refused.err()).contains("credyt.url");
        assertThat(published()).isZero();

        CommandRun warned = publish(ExitCode.OK, UNBILLABLE, "--json");
        assertThat(warned.err()).contains("not checked against Credyt's catalogue: Credyt does not answer");
        assertThat(new ObjectMapper().readTree(warned.out()).has("not_billed")).isFalse();
        assertThat(published()).isEqualTo(4);
    }

    @Test
    void shouldNotReadStandardInputTwice() {
        var warned = new CommandRun().reading(UNBILLABLE);
        assertThat(warned.run(with("publish", "--input", "-"))).isEqualTo(ExitCode.OK);
        assertThat(warned.err()).contains("not checked against Credyt's catalogue", "only a regular file");
        assertThat(published()).isEqualTo(4);

        var refused = new CommandRun().reading(UNBILLABLE);
        assertThat(refused.run(with("publish", "--input", "-", "--unbillable", "refuse")))
                .isEqualTo(ExitCode.USAGE);
        assertThat(refused.err()).contains("name a regular file");
        assertThat(published()).isEqualTo(4);
    }

    @Test
    void shouldJudgeADryRunByTheDefaultVersionsWithoutKafka() throws Exception {
        Path file = Files.writeString(folder.resolve("usage.jsonl"), WELL + UNBILLABLE);
        var run = new CommandRun();

        assertThat(run.run(
                        "publish",
                        "--input",
                        file.toString(),
                        "--dry-run",
                        "--bootstrap-servers",
                        "127.0.0.1:1",
                        "--set",
                        "credyt.url=" + url,
                        "--set",
                        "credyt.api.key=dev"))
                .describedAs(run::err)
                .isEqualTo(ExitCode.OK);

        assertThat(run.err())
                .contains("NO_PRICE_FOR_EVENT_TYPE", "VOLUME_MISSING", "Credyt would not bill 3 of 7 events")
                .doesNotContain("PRODUCT_NOT_SUBSCRIBED");
    }

    @Test
    void shouldJudgeOneEvent() {
        var refused = new CommandRun();
        assertThat(refused.run(with(
                        "publish", "--account", "acct_1", "--event-type", "image_generated", "--unbillable", "refuse")))
                .isEqualTo(ExitCode.PROBLEMS);
        assertThat(refused.err()).contains("PRODUCT_NOT_SUBSCRIBED", "nothing was published");
        assertThat(published()).isZero();

        var warned = new CommandRun();
        assertThat(warned.run(with("publish", "--account", "acct_1", "--event-type", "image_generated")))
                .isEqualTo(ExitCode.OK);
        assertThat(warned.err()).contains("PRODUCT_NOT_SUBSCRIBED");
        assertThat(published()).isEqualTo(1);
    }

    @Test
    void shouldNotAskCredytWhereThatIsAskedFor() throws Exception {
        int before = sandbox.requests().entries().size();

        CommandRun run = publish(ExitCode.OK, UNBILLABLE, "--unbillable", "pass");

        assertThat(run.err()).doesNotContain("Credyt");
        assertThat(sandbox.requests().entries()).hasSize(before);
        assertThat(published()).isEqualTo(4);
    }

    private CommandRun publish(int exit, String lines, String... more) throws IOException {
        Path file = Files.writeString(folder.resolve("usage.jsonl"), lines);
        List<String> words = new ArrayList<>(List.of("publish", "--input", file.toString()));
        words.addAll(List.of(more));
        var run = new CommandRun();
        assertThat(run.run(with(words.toArray(String[]::new))))
                .describedAs(run::err)
                .isEqualTo(exit);
        return run;
    }

    private String[] with(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--set", "credyt.url=" + url, "--set", "credyt.api.key=dev"));
        return topics.with(all.toArray(String[]::new));
    }

    private long published() {
        try (var reader = new PartitionReader(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                topics.names().events())) {
            return reader.ends().values().stream().mapToLong(Long::longValue).sum();
        }
    }
}
