package io.usageflow.forwarder.sample;

import static io.usageflow.forwarder.catalogue.SampleCatalogue.ASSISTANT;
import static io.usageflow.forwarder.sample.SampleResult.BILLED;
import static io.usageflow.forwarder.sample.SampleResult.FEES_DIFFER;
import static io.usageflow.forwarder.sample.SampleResult.FEES_DOUBLE;
import static io.usageflow.forwarder.sample.SampleResult.NOT_FOUND;
import static io.usageflow.forwarder.sample.SampleResult.UNANSWERED;
import static io.usageflow.forwarder.sample.SampleResult.UNBILLED;
import static io.usageflow.forwarder.sample.SampleResult.UNJUDGED;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.usageflow.forwarder.catalogue.Catalogue.Product;
import io.usageflow.forwarder.catalogue.Catalogue.Version;
import io.usageflow.forwarder.catalogue.SampleCatalogue;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.forwarder.sample.SampleJudge.DeliveredSample;
import io.usageflow.forwarder.sample.SampleJudge.JudgedSample;
import io.usageflow.schema.ReferenceKind;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SampleJudgeTest {
    private static final Instant ADMITTED = Instant.parse("2026-11-30T10:00:00Z");
    private static final Reference ACME = new Reference(ReferenceKind.EXTERNAL_ID, "acme");

    private static final Product TWO_VERSIONS = new Product(
            ASSISTANT.id(),
            ASSISTANT.code(),
            List.of(
                    ASSISTANT.versions().get(0),
                    new Version(2, false, ASSISTANT.versions().get(0).prices())));

    private final Map<String, String> bodies = new TreeMap<>();
    private final List<String> asked = new ArrayList<>();
    private final SampleJudge judge = new SampleJudge(new CredytQueries(
            (path, account) -> {
                asked.add(path);
                String body = bodies.getOrDefault(path, "");
                return CompletableFuture.completedFuture(new Answer.Response(
                        body.isEmpty() ? 404 : body.equals("400") ? 400 : 200,
                        Map.of("content-type", "application/json"),
                        body,
                        false));
            },
            10_000,
            Clock.systemUTC(),
            () -> false));

    @Test
    void shouldSayHowCredytChargedEachSample() throws Exception {
        customer("acme", "{\"code\":\"assistant\",\"version\":1}");
        // 1,000 tokens at 0.01 for a thousand.
        charged("right", fee("assistant", 1, "0.01"));
        charged("amount", fee("assistant", 1, "0.07"));
        charged("version", fee("assistant", 2, "0.01"));
        charged("twice", fee("assistant", 1, "0.01") + "," + fee("assistant", 1, "0.01"));
        charged("none", "");
        charged("foreign", fee("unheard-of", 1, "0.01"));
        bodies.put("/events/unsaid", "400");

        List<JudgedSample> judged = judge("right", "amount", "version", "twice", "none", "foreign", "unsaid", "absent");

        assertThat(judged)
                .extracting(JudgedSample::result)
                .containsExactly(
                        BILLED, FEES_DIFFER, FEES_DIFFER, FEES_DOUBLE, UNBILLED, UNJUDGED, UNANSWERED, NOT_FOUND);
        assertThat(judged.get(0).why()).isEmpty();
        assertThat(judged.get(2).why()).contains("version 2 of product assistant charged");
        assertThat(judged.get(1).why()).contains("should have charged 0.01 USD, and charged 0.07 USD");
        assertThat(asked)
                .as("the customer of all of them is asked for once")
                .filteredOn(path -> path.startsWith("/customers"))
                .hasSize(1);
    }

    @Test
    void shouldReadTheCustomerAgainForLaterSamples() throws Exception {
        charged("late", fee("assistant", 1, "0.01"));
        customer("acme", "");
        judge("late");
        asked.clear();

        judge("late");

        assertThat(asked).contains("/customers?external_id=acme");
    }

    private List<JudgedSample> judge(String... ids) throws InterruptedException {
        List<DeliveredSample> samples = new ArrayList<>();
        for (String id : ids) {
            samples.add(new DeliveredSample(
                    new SampledEvent("account", id, ACME, "message_completed", ADMITTED),
                    JsonNodeFactory.instance.objectNode().put("total_tokens", 1_000)));
        }
        return judge.judge(samples, SampleCatalogue.of(TWO_VERSIONS)).orElseThrow();
    }

    private void customer(String externalId, String products) throws Exception {
        bodies.put(
                "/customers?external_id=" + externalId,
                json("{\"id\":\"cust_1\",\"external_id\":\"" + externalId + "\",\"subscriptions\":["
                        + "{\"status\":\"active\",\"started_at\":\"2026-11-01T00:00:00Z\",\"products\":[" + products
                        + "]}]}"));
    }

    private void charged(String id, String fees) throws Exception {
        bodies.put("/events/" + id, json("{\"id\":\"" + id + "\",\"fees\":[" + fees + "]}"));
    }

    private static String json(String text) throws Exception {
        return new ObjectMapper().readTree(text).toString();
    }

    private static String fee(String product, int version, String amount) {
        return "{\"product_code\":\"" + product + "\",\"product_version\":" + version + ",\"asset\":\"USD\",\"amount\":"
                + amount + "}";
    }
}
