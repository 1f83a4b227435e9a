package io.usageflow.cli.operate;

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
import io.usageflow.schema.AccountBalance;
import io.usageflow.schema.AssetBalance;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.UsageEvent;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code usageflow balance} against the sandbox. */
class BalanceCommandIT {
    private static final CredytReference ACME = new CredytReference(ReferenceKind.EXTERNAL_ID, "acme", null);

    @AutoClose
    private static EmbeddedBroker broker = EmbeddedBroker.start();

    @AutoClose
    private final CredytSandbox sandbox =
            CredytSandbox.start(SandboxOptions.defaults().withApiKeys("dev"));

    private final URI url = sandbox.url();

    @AutoClose
    private WrittenTopics topics;

    private String customer;
    private int number;

    @BeforeEach
    void sell() throws Exception {
        topics = new WrittenTopics(broker.bootstrapServers());
        sandbox.createProduct("assistant", PriceSpec.unit("message_completed", "USD", "0.25"));
        customer = sandbox.createCustomer("acme", "assistant");
        adjust("10.50");
    }

    @Test
    void shouldShowTheWalletAndWhatIsOnItsWay() throws Exception {
        link("acct_1", ACME);
        deliverable("acct_1");
        deliverable("acct_1");
        deliverable("another");
        publish("acct_1");
        topics.write(
                topics.names().balances(),
                "acct_1",
                new AccountBalance(
                        "acct_1",
                        ACME,
                        customer,
                        Instant.now().minusSeconds(90).truncatedTo(ChronoUnit.MICROS),
                        Map.of("USD", new AssetBalance(decimal("12"), decimal("0.5"))),
                        2L,
                        true));

        var run = new CommandRun();

        assertThat(run.run(balance("acct_1", "--json"))).describedAs(run::err).isEqualTo(ExitCode.OK);
        JsonNode report = new ObjectMapper().readTree(run.out());
        assertThat(report.path("customer_id").textValue()).isEqualTo(customer);
        JsonNode dollars = report.path("assets").path(0);
        assertThat(dollars.path("available").decimalValue()).isEqualByComparingTo("10.5");
        assertThat(dollars.path("on_its_way").decimalValue()).isEqualByComparingTo("0.75");
        assertThat(dollars.path("left").decimalValue()).isEqualByComparingTo("9.75");
        assertThat(dollars.path("kept_left").decimalValue()).isEqualByComparingTo("11.5");
        assertThat(report.path("not_admitted").intValue()).isEqualTo(1);
        assertThat(report.path("undelivered").intValue()).isEqualTo(2);
        assertThat(report.path("on_its_way_complete").booleanValue()).isTrue();
        assertThat(report.at("/kept/age_seconds").intValue()).isBetween(90, 600);

        var shown = new CommandRun();
        assertThat(shown.run(balance("acct_1"))).isEqualTo(ExitCode.OK);
        assertThat(shown.out())
                .contains("Account acct_1 is customer acme (" + customer + ")")
                .containsPattern("USD +10.5 +0.75 +9.75 +11.5")
                .contains("On its way: 1 event not admitted, 2 not delivered")
                .contains("Services read a balance that is ");
    }

    @Test
    void shouldSayWhatIsMissing() {
        link("acct_2", new CredytReference(ReferenceKind.EXTERNAL_ID, "nobody", null));

        var unlinked = new CommandRun();
        assertThat(unlinked.run(balance("acct_1"))).isEqualTo(ExitCode.PROBLEMS);
        assertThat(unlinked.err()).contains("account acct_1 has no customer");
        assertThat(unlinked.out()).contains("Services read no balance of this account");

        var unknown = new CommandRun();
        assertThat(unknown.run(balance("acct_2"))).isEqualTo(ExitCode.PROBLEMS);
        assertThat(unknown.err()).contains("Credyt has no such customer");

        sandbox.close();
        var away = new CommandRun();
        assertThat(away.run(balance("acct_2"))).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(away.err()).contains("credyt.url");
    }

    private String[] balance(String account, String... more) {
        String[] base = {"balance", account, "--set", "credyt.url=" + url, "--set", "credyt.api.key=dev"};
        String[] all = new String[base.length + more.length];
        System.arraycopy(base, 0, all, 0, base.length);
        System.arraycopy(more, 0, all, base.length, more.length);
        return topics.with(all);
    }

    private void link(String account, CredytReference reference) {
        topics.write(
                topics.names().customerLinks(),
                account,
                new CustomerLink(account, reference, Instant.now().truncatedTo(ChronoUnit.MILLIS)));
    }

    private void deliverable(String account) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        UsageEvent event = event(account);
        topics.write(
                topics.names().deliverable(),
                account,
                DeliverableEvent.newBuilder()
                        .setEventId(event.getId())
                        .setAccountId(account)
                        .setCredytEventId(event.getId())
                        .setCustomer(ACME)
                        .setVendors(Map.of())
                        .setSource(new SourceCoordinates(topics.names().events(), 0, 0L, now, null))
                        .setAdmittedAt(now)
                        .setEvent(ByteBuffer.wrap(topics.bytes(topics.names().events(), event)))
                        .build());
    }

    private void publish(String account) {
        topics.write(topics.names().events(), account, event(account));
    }

    private UsageEvent event(String account) {
        return new UsageEvent(
                "e-" + number++,
                "message_completed",
                Instant.now().truncatedTo(ChronoUnit.MICROS),
                account,
                null,
                null,
                null,
                null,
                Map.of(),
                List.of(),
                null);
    }

    private static BigDecimal decimal(String text) {
        return new BigDecimal(text).setScale(18);
    }

    private void adjust(String amount) throws IOException, InterruptedException {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(url + "/customers/" + customer + "/wallet/adjustments"))
                                .header("X-CREDYT-API-KEY", "dev")
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString("{\"transaction_id\": \"first\", \"asset\":"
                                        + " \"USD\", \"amount\": " + amount + ", \"reason\": \"gift\"}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }
}
