package io.usageflow.forwarder.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.Forwarder;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.deadletter.DeadLetterFilter;
import io.usageflow.forwarder.deadletter.DeadLetterScan;
import io.usageflow.forwarder.deadletter.KnownMarks;
import io.usageflow.forwarder.json.ReportJson;
import io.usageflow.forwarder.testing.PipelineWorld;
import io.usageflow.forwarder.testing.Sha256;
import io.usageflow.producer.CustomerRef;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.UsagePublisher;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import io.usageflow.sandbox.SandboxSeed.PriceSpec;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The questions of the API to a running forwarder; each answer is compared with its description. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String ACCOUNT = "acct_42";
    private static final int CONFLICTS = 3;
    private static final String READER = "a-token-that-may-only-read";

    private final OpenApi description = OpenApi.read();

    @AutoClose
    private final PipelineWorld world = new PipelineWorld(SandboxOptions.defaults());

    private final CredytSandbox credyt = world.credyt();
    private Settings settings;
    private Forwarder forwarder;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        settings = world.open(
                folder, Map.of("admin.page.max.age", "0s", "admin.tokens", "reader:test:" + Sha256.hex(READER)));
        credyt.createProduct("assistant", PriceSpec.unit("message_completed", "USD", "2.5"));
        credyt.createCustomer("acme", "assistant");
        forwarder = Forwarder.start(settings);
        try (UsagePublisher publisher = world.publisher()) {
            publisher.linkCustomer(ACCOUNT, CustomerRef.externalId("acme")).join();
            publisher.linkCustomer("acct_43", CustomerRef.externalId("acme")).join();
            for (int i = 0; i < CONFLICTS; i++) {
                publish(publisher, "event-" + i, ACCOUNT, 1);
                publish(publisher, "event-" + i, ACCOUNT, 2);
            }
            publish(publisher, "waits", "unlinked", 1);
        }
        assertThat(credyt.awaitEvents(CONFLICTS, PATIENCE)).isTrue();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        get("/api/v1/dead-letters").path("matching").asInt())
                .isEqualTo(CONFLICTS));
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
    void shouldTellTheFlow() throws Exception {
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode flow = get("/api/v1/flow");
            assertThat(flow.path("ready").asBoolean()).isTrue();
            assertThat(flow.at("/admission/parked").asInt()).isEqualTo(1);
            assertThat(flow.at("/delivery/accepted").asInt()).isEqualTo(CONFLICTS);
        });
    }

    @Test
    void shouldPageThroughDeadLettersEachOnce() throws Exception {
        var ids = new ArrayList<String>();
        Optional<String> after = Optional.empty();
        do {
            JsonNode page = get("/api/v1/dead-letters?limit=2"
                    + after.map(next -> "&after=" + URLEncoder.encode(next, UTF_8))
                            .orElse(""));
            assertThat(page.path("complete").asBoolean()).isTrue();
            assertThat(page.path("matching").asInt()).isEqualTo(CONFLICTS);
            assertThat(page.at("/by_reason/ID_CONFLICT").asInt()).isEqualTo(CONFLICTS);
            assertThat(page.path("dead_letters").size()).isLessThanOrEqualTo(2);
            page.path("dead_letters")
                    .forEach(letter -> ids.add(letter.path("event_id").asText()));
            after = Optional.ofNullable(page.get("next")).map(JsonNode::asText);
        } while (after.isPresent());

        assertThat(ids).containsExactlyInAnyOrder("event-0", "event-1", "event-2");
        assertThat(get("/api/v1/dead-letters?account=none&state=any")
                        .path("matching")
                        .asInt())
                .isZero();
        assertThat(get("/api/v1/dead-letters?reason=REJECTED&stage=delivery&since=2h&until=now")
                        .path("dead_letters"))
                .isEmpty();
    }

    @Test
    void shouldShowADeadLetterWhole() throws Exception {
        JsonNode found = get("/api/v1/dead-letter?id=event-1").path("dead_letters");

        assertThat(found).hasSize(1);
        assertThat(found.at("/0/event/data/total_tokens").asInt()).isEqualTo(2);
        assertThat(get("/api/v1/dead-letter?id=none").path("dead_letters")).isEmpty();
    }

    @Test
    void shouldStopAScanInTimeAndSayThatItIsNotComplete() throws Exception {
        var late = new AtomicLong();
        var scan = new DeadLetterScan(settings, () -> late.getAndAdd(DeadLetterList.WITHIN.toNanos() + 1));
        try (var marks = new KnownMarks(settings)) {
            DeadLetterList found = DeadLetterList.read(scan, marks, DeadLetterFilter.open(), 10, Optional.empty());

            assertThat(found.complete()).isFalse();
            assertThat(found.matching()).isLessThan(CONFLICTS);
        }
    }

    @Test
    void shouldPageThroughLinks() throws Exception {
        JsonNode first = get("/api/v1/links?limit=1");

        assertThat(first.path("matching").asInt()).isEqualTo(2);
        assertThat(first.at("/links/0/account").asText()).isEqualTo(ACCOUNT);
        JsonNode second = get("/api/v1/links?limit=1&after="
                + URLEncoder.encode(first.path("next").asText(), UTF_8));
        assertThat(second.at("/links/0/account").asText()).isEqualTo("acct_43");
        assertThat(second.has("next")).isFalse();
        assertThat(get("/api/v1/links?kind=vendor").path("matching").asInt()).isZero();
        assertThat(get("/api/v1/links?kind=account&q=_43").path("matching").asInt())
                .isEqualTo(1);
    }

    @Test
    void shouldTraceAnEvent() throws Exception {
        JsonNode trace = get("/api/v1/trace?id=event-0&account=" + ACCOUNT + "&credyt=true");

        assertThat(trace.at("/events/0/verdict/state").asText()).isEqualTo("DELIVERED");
        assertThat(trace.at("/events/0/credyt/event").isObject()).isTrue();
    }

    @Test
    void shouldShowTheBooksParkedEventsAndReplays() throws Exception {
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode ledger = get("/api/v1/ledger");
            assertThat(ledger.path("balanced").asBoolean()).isTrue();
            assertThat(ledger.at("/total/admission/admitted").asInt()).isEqualTo(CONFLICTS);
        });
        assertThat(get("/admission/parked").at("/totals/events").asInt()).isEqualTo(1);
        assertThat(get("/delivery/funds").path("customers").asInt()).isZero();
        assertThat(get("/api/v1/reconcile").path("results")).isEmpty();
        JsonNode replays = get("/api/v1/replays");
        assertThat(replays.path("complete").asBoolean()).isTrue();
        assertThat(replays.path("jobs")).isEmpty();
        assertThat(get("/health/live").path("live").asBoolean()).isTrue();
        assertThat(get("/health/ready").path("ready").asBoolean()).isTrue();
        assertThat(get("/api/v1/openapi.json").path("openapi").asText()).isEqualTo("3.1.0");
    }

    @Test
    void shouldKnowTheInstancesAndTheirPartitions() throws Exception {
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode found = get("/api/v1/instances");
            assertThat(found.path("notes")).isEmpty();
            assertThat(found.path("unassigned")).isEmpty();
            assertThat(found.path("members")).hasSize(2);
            found.path("members")
                    .forEach(member -> assertThat(member.path("partitions").toString())
                            .as(member.toString())
                            .isEqualTo("[0,1]"));
        });
    }

    @Test
    void shouldShowSettingsWithoutSecrets() throws Exception {
        String text = get("/api/v1/settings").toString();

        assertThat(text)
                .contains("\"key\":\"admin.page.max.age\",\"value\":\"0s\",\"origin\":\"test\"")
                .contains("{\"key\":\"credyt.api.key\",\"origin\":\"test\",\"hidden\":true}")
                .doesNotContain(Sha256.hex(READER));
    }

    @Test
    void shouldRefuseWrongQuestionsWithTheRemedy() throws Exception {
        for (String wrong : List.of(
                "dead-letters?acount=a",
                "dead-letters?limit=1001",
                "dead-letters?limit=0",
                "dead-letters?limit=many",
                "dead-letters?reason=x",
                "dead-letters?state=x",
                "dead-letters?stage=x",
                "dead-letters?since=soon",
                "dead-letters?after=x",
                "dead-letters?after=x_0_0",
                "dead-letters?account=a&account=b",
                "dead-letters?account=" + "a".repeat(513),
                "dead-letter",
                "dead-letter?id=",
                "links?kind=x",
                "trace",
                "trace?id=a&credyt=yes",
                "trace?id=a&since=soon",
                "replays?limit=-1",
                "ledger?x=1",
                "flow?x=1")) {
            HttpResponse<String> answer = send("/api/v1/" + wrong, READER);
            assertThat(answer.statusCode()).as(wrong).isEqualTo(400);
            assertThat(ReportJson.read(answer.body(), JsonNode.class)
                            .path("error")
                            .asText())
                    .as(wrong)
                    .isNotBlank();
        }
    }

    @Test
    void shouldAnswerNobodyWithoutAToken() throws Exception {
        for (String route : description.routes()) {
            if (route.startsWith("GET /api/")) {
                assertThat(send(route.substring(4).replaceAll("\\?.*", ""), "").statusCode())
                        .as(route)
                        .isEqualTo(401);
            }
        }
    }

    /** Of status 200, and as it is described. */
    private JsonNode get(String question) throws Exception {
        HttpResponse<String> answer = send(question, READER);
        assertThat(answer.statusCode()).as(question + ": " + answer.body()).isEqualTo(200);
        JsonNode document = ReportJson.read(answer.body(), JsonNode.class);
        JsonNode schema = description.answer(question.replaceAll("\\?.*", ""), "get", 200);
        assertThat(description.differences(schema, document, new TreeSet<>()))
                .as(question)
                .isEmpty();
        return document;
    }

    private HttpResponse<String> send(String question, String token) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(forwarder.adminUrl() + question));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
