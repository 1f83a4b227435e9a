package io.usageflow.cli.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.cli.CommandRun;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.forwarder.testing.WrittenTopics;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import io.usageflow.sandbox.SandboxSeed.PriceSpec;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.JsonValue;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.UsageEvent;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Published events against the catalogue of the sandbox, through the command. */
class CatalogueCommandIT {
    @AutoClose
    private static EmbeddedBroker broker = EmbeddedBroker.start();

    @AutoClose
    private final CredytSandbox sandbox =
            CredytSandbox.start(SandboxOptions.defaults().withApiKeys("dev"));

    private final URI url = sandbox.url();

    @AutoClose
    private WrittenTopics topics;

    private int number;

    @BeforeEach
    void sellAssistants() {
        topics = new WrittenTopics(broker.bootstrapServers());
        sandbox.createProduct(
                "assistant", PriceSpec.volume("message_completed", "total_tokens", "USD", "0.01", "1000"));
        sandbox.createProduct("images", PriceSpec.unit("image_generated", "USD", "0.04"));
        sandbox.createCustomer("acme", "assistant");
        link("acct_1", "acme");
    }

    @Test
    void shouldFindEachEventThatCredytWouldAcceptAndNotBill() throws Exception {
        for (int i = 0; i < 40; i++) {
            publish("acct_1", "message_completed", Map.of("total_tokens", 10L + i));
        }
        publish("acct_1", "mesage_completed", Map.of("total_tokens", 10L));
        publish("acct_1", "message_completed", Map.of("total_token", 10L));
        publish("acct_1", "message_completed", Map.of("total_tokens", "10"));
        publish("acct_1", "image_generated", Map.of());
        publish("acct_unlinked", "image_generated", Map.of());
        publish("acct_1", "message_completed", Map.of("total_tokens", new JsonValue("{")));
        publish("acct_1", "cost_recorded", Map.of());
        publish("acct_1", "session_started", Map.of());
        link("acct_2", "nobody-at-credyt");
        publish("acct_2", "message_completed", Map.of("total_tokens", 10L));

        var run = new CommandRun();
        int exit = run.run(check("--json", "--free", "session_started"));

        assertThat(exit).describedAs(run::err).isEqualTo(ExitCode.PROBLEMS);
        JsonNode report = new ObjectMapper().readTree(run.out());
        assertThat(report.path("events").intValue()).isEqualTo(49);
        assertThat(report.path("complete").booleanValue()).isTrue();
        assertThat(report.path("rows"))
                .extracting(row -> row.path("result").textValue() + " "
                        + row.path("event_type").textValue() + " "
                        + row.path("cause").asText("-") + " "
                        + row.path("events").intValue())
                .containsExactlyInAnyOrder(
                        "NOT_BILLED mesage_completed NO_PRICE_FOR_EVENT_TYPE 1",
                        "NOT_BILLED message_completed VOLUME_MISSING 1",
                        "NOT_BILLED message_completed VOLUME_NOT_A_NUMBER 1",
                        "NOT_BILLED image_generated PRODUCT_NOT_SUBSCRIBED 1",
                        "NOT_BILLED message_completed CUSTOMER_UNKNOWN 1",
                        "UNDECIDED message_completed - 1",
                        "BILLED message_completed - 40",
                        "BILLED image_generated - 1",
                        "FREE cost_recorded - 1",
                        "FREE session_started - 1");

        var shown = new CommandRun();
        assertThat(shown.run(check())).isEqualTo(ExitCode.PROBLEMS);
        assertThat(shown.out())
                .contains("did you mean message_completed?")
                .contains("it has data.total_token")
                .contains("event type image_generated is priced by product images")
                .contains("NOT CLEAN: Credyt does not bill 6 events, and 1 cannot be judged.");
    }

    @Test
    void shouldBeContentWhenEverythingIsBilled() {
        publish("acct_1", "message_completed", Map.of("total_tokens", new BigDecimal("10.5")));

        var run = new CommandRun();

        assertThat(run.run(check())).describedAs(run::err).isEqualTo(ExitCode.OK);
        assertThat(run.out()).contains("BILLED  message_completed", "All events are billed");
    }

    @Test
    void shouldSayWhenCredytDoesNotAnswer() {
        publish("acct_1", "message_completed", Map.of("total_tokens", 1L));
        sandbox.close();

        var run = new CommandRun();

        assertThat(run.run(check())).describedAs(run::err).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(run.err()).contains("credyt.url");
    }

    private String[] check(String... more) {
        String[] base = {"catalogue", "check", "--set", "credyt.url=" + url, "--set", "credyt.api.key=dev"};
        String[] all = new String[base.length + more.length];
        System.arraycopy(base, 0, all, 0, base.length);
        System.arraycopy(more, 0, all, base.length, more.length);
        return topics.with(all);
    }

    private void link(String account, String externalId) {
        topics.write(
                topics.names().customerLinks(),
                account,
                new CustomerLink(
                        account,
                        new CredytReference(ReferenceKind.EXTERNAL_ID, externalId, null),
                        Instant.now().truncatedTo(ChronoUnit.MILLIS)));
    }

    private void publish(String account, String eventType, Map<String, Object> data) {
        topics.write(
                topics.names().events(),
                account,
                new UsageEvent(
                        "e-" + number++,
                        eventType,
                        Instant.now().truncatedTo(ChronoUnit.MICROS),
                        account,
                        null,
                        null,
                        null,
                        null,
                        data,
                        List.of(),
                        null));
    }
}
