package io.usageflow.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.cli.CommandRun;
import io.usageflow.cli.dev.DevEnvironment;
import io.usageflow.cli.dev.DevOptions;
import io.usageflow.forwarder.Forwarder;
import io.usageflow.forwarder.config.AdminSettings;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.forwarder.config.DeliverySettings;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.sandbox.SandboxAccount;
import io.usageflow.sandbox.SandboxSeed.PriceSpec;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A platform with connected accounts that have customers and vendors of one external id: every request is in the account
 * that the customer's link names, through an outage, restarts, a changed link and a replay.
 */
class LinkedAccountsIT {
    private static final Duration SOON = Duration.ofMinutes(3);

    private DevEnvironment dev;
    private String oneId;
    private String twoId;
    private SandboxAccount one;
    private SandboxAccount two;

    @TempDir
    Path folder;

    @BeforeEach
    void start() {
        dev = DevEnvironment.start(DevOptions.onFreePorts());
        oneId = dev.sandbox().createAccount("one");
        twoId = dev.sandbox().createAccount("two");
        one = account(oneId, "2");
        two = account(twoId, "5");
    }

    private SandboxAccount account(String id, String price) {
        SandboxAccount account = dev.sandbox().account(id);
        account.createProduct("assistant", PriceSpec.unit("message_completed", "USD", price));
        account.createCustomer("acme", "assistant");
        return account;
    }

    @AfterEach
    void stop() {
        dev.close();
    }

    private Map<String, String> settings() {
        var settings = new HashMap<>(dev.settings());
        settings.put(AdminSettings.PORT, "0");
        settings.put(DeliverySettings.UNKNOWN_BUDGET, "2s");
        settings.put(DeliverySettings.RETRY_MAX, "1s");
        return settings;
    }

    private Forwarder forwarder() {
        return Forwarder.start(Settings.load(ConfigSources.none().with(settings(), "test")));
    }

    private CommandRun run(int exitCode, String... args) {
        var run = new CommandRun();
        assertThat(exitCode(run, args)).describedAs(() -> run.out() + run.err()).isEqualTo(exitCode);
        return run;
    }

    private int exitCode(CommandRun run, String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        settings().forEach((key, value) -> all.addAll(List.of("--set", key + "=" + value)));
        return run.run(all.toArray(new String[0]));
    }

    private void awaitOutput(String text, String... args) {
        await().atMost(SOON).until(() -> {
            var run = new CommandRun();
            exitCode(run, args);
            return run.out().contains(text);
        });
    }

    private void publish(String account, String id) {
        run(0, "publish", "--account", account, "--event-type", "message_completed", "--id", id);
    }

    private void link(String account, String customer, String credytAccount) {
        run(
                0,
                "links",
                "put",
                "--account",
                account,
                "--customer-external-id",
                customer,
                "--credyt-account",
                credytAccount,
                "--verify");
    }

    private static void awaitEvents(SandboxAccount account, int count) {
        await().atMost(SOON).untilAsserted(() -> assertThat(account.eventIds()).hasSize(count));
    }

    @Test
    void shouldDeliverEachCustomersEventsInItsOwnAccount() throws Exception {
        one.createCustomer("only-one", "assistant");
        link("shop_1", "acme", oneId);
        link("shop_2", "acme", twoId);
        assertThat(run(
                                2,
                                "links",
                                "put",
                                "--account",
                                "shop_3",
                                "--customer-external-id",
                                "only-one",
                                "--credyt-account",
                                twoId)
                        .err())
                .contains("Credyt has no customer with the external id only-one in account " + twoId);
        Path file = Files.writeString(
                folder.resolve("links.csv"),
                "account,customer_external_id,credyt_account\nshop_2,acme," + twoId
                        + "\nshop_3,only-one,acc_nothing\n");
        assertThat(run(0, "links", "import", file.toString(), "--apply", "--no-verify")
                        .out())
                .contains("new 1, changed 0, unchanged 1");
        assertThat(run(0, "links", "list", "--account", "shop_3", "--json").out())
                .contains("\"credyt_account\":\"acc_nothing\"");
        assertThat(run(1, "links", "check").out()).contains("known 2, unknown 0, unclear 1", "in account acc_nothing");

        try (Forwarder forwarder = forwarder()) {
            publish("shop_1", "first-1");
            publish("shop_2", "first-2");
            awaitEvents(one, 1);
            awaitEvents(two, 1);
            // Admitted while Credyt is away; the link changes afterwards.
            dev.sandbox().outage(true);
            publish("shop_1", "waits-1");
            publish("shop_2", "waits-2");
            publish("shop_3", "lost-3");
            awaitOutput("admitted", "trace", "lost-3");
        }
        dev.sandbox().outage(false);
        link("shop_1", "acme", twoId);
        int delivered;
        try (Forwarder forwarder = forwarder()) {
            publish("shop_1", "moved-1");
            awaitEvents(one, 2);
            awaitEvents(two, 3);
            // Only others' success blames the customer.
            var others = new AtomicInteger();
            await().atMost(SOON).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> {
                publish("shop_2", "more-" + others.incrementAndGet());
                var trace = new CommandRun();
                exitCode(trace, "trace", "lost-3");
                assertThat(trace.out()).contains("CUSTOMER_UNKNOWN");
            });
            awaitEvents(two, 3 + others.get());
            delivered = 6 + others.get();

            link("shop_3", "only-one", oneId);
            run(0, "dead-letters", "replay", "--apply", "--why", "linked in the wrong account");
            awaitEvents(one, 3);
            await().atMost(SOON).until(() -> run(0, "trace", "lost-3").out().contains("delivered once"));
        }

        assertThat(dev.sandbox().eventIds()).isEmpty();
        assertThat(one.balance("acme", "USD")).isEqualByComparingTo("-4");
        assertThat(one.balance("only-one", "USD")).isEqualByComparingTo("-2");
        assertThat(two.balance("acme", "USD")).isEqualByComparingTo(BigDecimal.valueOf(-5L * (delivered - 3)));
        assertThat(run(0, "trace", "moved-1", "--credyt").out())
                .contains("EXTERNAL_ID acme in account " + twoId, "charged 5 USD");
        assertThat(run(0, "trace", "waits-1", "--credyt").out())
                .contains("EXTERNAL_ID acme in account " + oneId, "charged 2 USD");
        assertThat(run(0, "reconcile", "--from", "1h", "--json").out().replace(" ", ""))
                .contains("\"receipts\":" + delivered + ",", "\"USD\":\"" + (3 * 2 + (delivered - 3) * 5) + "\"");
        assertThat(run(0, "links", "check").out()).contains("known 3, unknown 0");
    }

    @Test
    void shouldCorrectFeesAndFindUnknownEventsInTheAccountOfTheLink() throws Exception {
        assertThat(run(0, "links", "sync", "--credyt-account", oneId, "--apply").out())
                .contains("new 1");
        run(0, "links", "create", "--account", "made", "--credyt-account", twoId, "--apply");
        assertThat(run(0, "links", "check").out()).contains("known 2, unknown 0");
        assertThat(run(0, "links", "list", "--account", "made", "--json").out())
                .contains("\"credyt_account\":\"" + twoId + "\"");
        String report = folder.resolve("report.csv").toString();
        String unknown = folder.resolve("unknown.csv").toString();

        try (Forwarder forwarder = forwarder()) {
            publish("acme", "unbilled");
            publish("acme", "overbilled");
            awaitEvents(one, 2);
            one.dropFees(one.eventIds().get(0));
            one.setFee(one.eventIds().get(1), new BigDecimal("30"), "USD");
            BigDecimal before = one.balance("acme", "USD");
            awaitOutput("delivered once", "trace", "unbilled");
            awaitOutput("delivered once", "trace", "overbilled");
            run(1, "reconcile", "--from", "1h", "--report", report);

            link("acme", "acme", twoId);
            assertThat(run(1, "remedy", report, "--finding", "UNBILLED").out())
                    .contains("NO_REMEDY", "it is in account " + oneId + " at Credyt");
            link("acme", "acme", oneId);
            run(0, "remedy", report, "--apply", "--why", "wrong fees");
            awaitEvents(one, 3);
            // 28 back, and 2 for the event that was sent again.
            await().atMost(SOON).untilAsserted(() -> assertThat(one.balance("acme", "USD"))
                    .isEqualByComparingTo(before.add(new BigDecimal("26"))));
        }
        String aside = UUID.randomUUID().toString();
        postAside(oneId, aside);
        CommandRun found = run(1, "reconcile", "--unknown", "--from", "1h", "--report", unknown);
        assertThat(found.out()).contains("UNKNOWN_TO_US");
        assertThat(Files.readString(Path.of(unknown)).lines())
                .as("the header and the one event")
                .hasSize(2)
                .anyMatch(line -> line.contains(aside));
        assertThat(two.eventIds()).isEmpty();
        assertThat(dev.sandbox().eventIds()).isEmpty();
    }

    private void postAside(String account, String id) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(dev.settings().get(CredytSettings.URL) + "/events"))
                .header("X-CREDYT-API-KEY", dev.settings().get(CredytSettings.API_KEY))
                .header("X-CREDYT-ACCOUNT", account)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"customer_external_id\":\"acme\",\"events\":[{\"id\":\""
                        + id + "\",\"event_type\":\"message_completed\",\"occurred_at\":\""
                        + Instant.now().truncatedTo(ChronoUnit.SECONDS) + "\"}]}"))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.discarding())
                        .statusCode())
                .isBetween(200, 299);
    }
}
