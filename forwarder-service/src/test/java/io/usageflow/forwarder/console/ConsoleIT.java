package io.usageflow.forwarder.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.usageflow.forwarder.Forwarder;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.ledger.ReconcileEntry;
import io.usageflow.forwarder.ledger.ReconcileEntry.Check;
import io.usageflow.forwarder.testing.Chromium;
import io.usageflow.forwarder.testing.PipelineWorld;
import io.usageflow.producer.CustomerRef;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.UsagePublisher;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import io.usageflow.sandbox.SandboxSeed.PriceSpec;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The pages of a forwarder whose events, accounts and customers carry what would be markup if it were not escaped. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String ACCOUNT = "<script>alert(1)</script>";
    private static final String CUSTOMER = "\"><img src=x onerror=alert(2)>";
    private static final String EVENT = "'\"><script>alert(3)</script>";
    private static final String UNLINKED = "<b>nobody's</b>";
    private static final String CONFLICT = "twice";

    @AutoClose
    private final PipelineWorld world = new PipelineWorld(SandboxOptions.defaults());

    private final CredytSandbox credyt = world.credyt();
    private Path folder;
    private Settings settings;
    private Forwarder forwarder;

    @BeforeAll
    void start(@TempDir Path given) {
        folder = given;
        settings = world.open(folder.resolve("state"), Map.of("admin.page.max.age", "0s"));
        credyt.createProduct("assistant", PriceSpec.unit("message_completed", "USD", "2.5"));
        credyt.createCustomer(CUSTOMER, "assistant");
        forwarder = Forwarder.start(settings);
        try (UsagePublisher publisher = world.publisher()) {
            publisher.linkCustomer(ACCOUNT, CustomerRef.externalId(CUSTOMER)).join();
            publish(publisher, EVENT, ACCOUNT, 1);
            publish(publisher, "waits", UNLINKED, 1);
            publish(publisher, CONFLICT, ACCOUNT, 1);
            publish(publisher, CONFLICT, ACCOUNT, 2);
        }
        assertThat(credyt.awaitEvents(2, PATIENCE)).isTrue();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(page("find?q=" + encoded(CONFLICT)))
                .contains("ID_CONFLICT", "delivered once at"));
        await().atMost(PATIENCE).until(() -> forwarder.health().ready());
    }

    @AfterAll
    void stop() {
        forwarder.close();
    }

    private static void publish(UsagePublisher publisher, String id, String account, int tokens) {
        publisher
                .publish(UsageEvent.of("message_completed")
                        .id(id)
                        .account(account)
                        .data("total_tokens", tokens))
                .join();
    }

    @Test
    void shouldTellAnEventsLife() throws Exception {
        assertThat(page("find?q=" + encoded(EVENT) + "&credyt=1"))
                .contains("&#39;&quot;&gt;&lt;script&gt;alert(3)&lt;/script&gt;")
                .contains("delivered once at", "<strong>published</strong>", "<strong>admitted</strong>")
                .contains("<dt>attempts</dt><dd>1</dd>", "<dt>HTTP status</dt>", "As Credyt has it")
                .contains("usageflow trace &#39;&#39;\\&#39;&#39;")
                .doesNotContain("<script>", "<img");
        assertThat(page("find?q=nothing-of-this-name&since=2h"))
                .contains("No record of such an event was found.", "Link to share, with a fixed time");
    }

    @Test
    void shouldFindAnAccountAndACustomer() throws Exception {
        for (String name : List.of(ACCOUNT, CUSTOMER)) {
            assertThat(page("find?q=" + encoded(name)))
                    .contains("&lt;script&gt;alert(1)&lt;/script&gt;", "onerror=alert(2)&gt;")
                    .doesNotContain("<script>", "<img");
        }
        assertThat(page("find?q=" + encoded(UNLINKED))).contains("the link of account &lt;b&gt;nobody");
    }

    @Test
    void shouldListParkedEventsAndLinks() throws Exception {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(page("parked")).contains("1 event of 1 account waits."));
        assertThat(page("parked"))
                .contains("&lt;b&gt;nobody", "usageflow links put --account", "<code>usageflow parked list</code>")
                .doesNotContain("<b>", "Not complete");
        assertThat(page("parked?account=none")).contains("No event of none waits here.");
        assertThat(page("links"))
                .contains("1 link.", "&lt;script&gt;alert(1)&lt;/script&gt;", "external id")
                .doesNotContain("<script>", "<img");
        assertThat(page("links?q=" + encoded("no such"))).contains("0 links.");
        assertThat(page("links?kind=vendor")).contains("0 links.", "usageflow links list --vendors");
    }

    @Test
    void shouldShowDeadLettersByReasonInRowsAndWhole() throws Exception {
        String list = page("dead-letters");
        assertThat(list)
                .contains("1 dead letter matches.", "ID_CONFLICT", "The id was admitted before")
                .contains("<code>usageflow dead-letters list</code>", "value=\"plan-replay\"")
                .doesNotContain("<script>", "not complete");
        Matcher row = Pattern.compile("dead-letters\\?id=[0-9a-f-]+").matcher(list);
        assertThat(row.find()).isTrue();
        assertThat(page(row.group()))
                .contains("ID_CONFLICT, open", "&quot;event_type&quot; : &quot;message_completed&quot;")
                .contains("&lt;script&gt;alert(1)&lt;/script&gt;", "The event&#39;s life")
                .doesNotContain("<script>", "value_base64");
        assertThat(page("dead-letters?id=none")).contains("No dead letter has the id none");
        assertThat(page("dead-letters?state=discarded")).contains("0 dead letters match.");
        assertThat(page("dead-letters?reason=REJECTED&since=2h"))
                .contains("0 dead letters match.", "Link to share", "--reason REJECTED --since 2h");
        assertThat(page("dead-letters?account=" + encoded(ACCOUNT) + "&state=any&until=now"))
                .contains("1 dead letter matches.", "--account &#39;&lt;script&gt;");
        for (String wrong : List.of("reason=x", "state=x", "since=x")) {
            assertThat(get("dead-letters?" + wrong).statusCode()).isEqualTo(400);
        }
    }

    @Test
    void shouldShowTheFlow() throws Exception {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(page("flow"))
                .contains("All is well in this instance.", "the books balance", "<dd>closed</dd>")
                .contains("<dt>parked</dt><dd>1</dd>", "<dt>accepted</dt><dd>2</dd>")
                .contains("usageflow-delivery-", "<td data-label=\"Partitions\">0-1</td>", ">127.0.0.1</td>"));
    }

    @Test
    void shouldShowReplaysAndSettings() throws Exception {
        assertThat(page("replays")).contains("No dead letter was answered yet.");
        assertThat(page("settings"))
                .contains("<code>credyt.api.key</code></td><td data-label=\"Value\"><span class=\"value\">(hidden)")
                .contains("<code>admin.page.max.age</code></td><td data-label=\"Value\"><span class=\"value\">0s");
    }

    @Test
    void shouldShowTheLastReconciliation() throws Exception {
        assertThat(page("reconcile")).contains("It was not run yet.", "usageflow reconcile --unknown");
        Instant end = Instant.parse("2026-11-30T12:00:00Z");
        assertThat(new ReconcileEntry(
                                Check.RECEIPTS,
                                end.minusSeconds(86_400),
                                end,
                                end,
                                3,
                                Map.of("missing", 3L, "receipts", 1_234L))
                        .write(settings))
                .isEmpty();

        assertThat(page("reconcile"))
                .contains("3 findings.", "2026-11-29 12:00:00", "1,234", "--repair sends it again");
        assertThat(page("flow")).contains("the books balance");
    }

    @Test
    void shouldReferOnlyToPagesThatThereAre() throws Exception {
        for (String name : List.of(
                "flow",
                "alerts",
                "find",
                "dead-letters",
                "jobs",
                "link",
                "parked",
                "links",
                "replays",
                "reconcile",
                "settings",
                "login",
                "find?q=" + encoded(EVENT))) {
            Matcher reference = Pattern.compile("(?:href|action)=\"([a-z.-]+)").matcher(page(name));
            while (reference.find()) {
                assertThat(get(reference.group(1)).statusCode())
                        .as(name + " to " + reference.group())
                        .isIn(200, reference.group(1).equals("logout") ? 404 : 200);
            }
        }
        assertThat(get("console.css").headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/css"));
        assertThat(get("icon.svg").headers().firstValue("Content-Type")).hasValue("image/svg+xml");
        assertThat(get("find?q=a&since=soon").statusCode()).isEqualTo(400);
    }

    /** A browser writes what the policy forbids, or fails to load, to its console. */
    @Test
    void shouldLeaveABrowsersConsoleEmpty() throws Exception {
        Optional<String> browser = Chromium.find();
        assumeTrue(browser.isPresent(), "no Chromium here: the pages are not opened in a browser");
        try (Chromium chromium = Chromium.start(browser.get(), folder.resolve("browser"))) {
            for (String name : List.of(
                    "flow",
                    "dead-letters",
                    "jobs",
                    "replays",
                    "reconcile",
                    "settings",
                    "parked",
                    "links",
                    "link?kind=customer&name=a",
                    "login",
                    "find?q=" + encoded(EVENT))) {
                chromium.open(address(name));
                chromium.awaitText("usageflow");
                assertThat(chromium.console()).as(name).isEmpty();
            }
        }
    }

    private String page(String name) throws IOException, InterruptedException {
        HttpResponse<String> answer = get(name);
        assertThat(answer.statusCode()).as(name + ": " + answer.body()).isEqualTo(200);
        return answer.body();
    }

    private HttpResponse<String> get(String name) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(address(name)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private URI address(String name) {
        return URI.create(forwarder.adminUrl() + "/console/" + name);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
