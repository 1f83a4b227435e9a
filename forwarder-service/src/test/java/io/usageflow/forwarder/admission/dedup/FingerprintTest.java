package io.usageflow.forwarder.admission.dedup;

import static io.usageflow.forwarder.admission.Events.cost;
import static io.usageflow.forwarder.admission.Events.event;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.admission.Events;
import io.usageflow.schema.JsonValue;
import io.usageflow.schema.Source;
import io.usageflow.schema.UsageEvent;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FingerprintTest {
    private final Fingerprint fingerprint = new Fingerprint();

    @Test
    void shouldNeverChangeBetweenVersions() {
        // These stand in state stores: should they change, every honest repeat becomes a conflict.
        UsageEvent rich = event("req-1");
        rich.setCustomerId("cus_1");
        rich.getData().put("nested", new JsonValue("{\"b\":[1,2.50,null],\"a\":true}"));
        rich.getData().put("ratio", new BigDecimal("0.25"));
        rich.getCosts().add(cost("anthropic", "12.00"));

        assertThat(Fingerprint.text(fingerprint.of(event("req-1")))).isEqualTo("f061074a417ffd4d");
        assertThat(Fingerprint.text(fingerprint.of(rich))).isEqualTo("efc25d034096a479");
    }

    @Test
    void shouldReadNamesWithEqualHashesAsAnyOthers() {
        String names = IntStream.range(0, 2_048)
                .mapToObj(i -> IntStream.range(0, 11)
                        .mapToObj(bit -> (i >> bit & 1) == 0 ? "Ab" : "BA")
                        .collect(Collectors.joining("", "\"", "\":1")))
                .collect(Collectors.joining(",", "{", "}"));
        UsageEvent first = event("req-1");
        first.getData().put("nested", new JsonValue(names));
        UsageEvent repeated = event("req-1");
        repeated.getData().put("nested", new JsonValue(names.replace(",", ", ")));

        assertThat(fingerprint.of(repeated)).isEqualTo(fingerprint.of(first));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("otherContent")
    void shouldTellOtherContentApart(String what, Consumer<UsageEvent> change) {
        UsageEvent changed = event("req-1");
        change.accept(changed);

        assertThat(fingerprint.of(changed)).isNotEqualTo(fingerprint.of(event("req-1")));
    }

    static Stream<Arguments> otherContent() {
        return Stream.of(
                change("event type", e -> e.setEventType("image_made")),
                change("account", e -> e.setAccountId("acct_2")),
                change("customer id", e -> e.setCustomerId("cus_1")),
                change("customer external id", e -> e.setCustomerExternalId("cus_1")),
                change("data: other value", e -> e.getData().put("total_tokens", 1501L)),
                change("data: other key", e -> e.getData()
                        .put("tokens", e.getData().remove("total_tokens"))),
                change("data: text instead of number", e -> e.getData().put("total_tokens", "1500")),
                change("data: one more", e -> e.getData().put("cached", false)),
                change("data: one less", e -> e.getData().remove("model")),
                change("cost: vendor", e -> e.getCosts().get(0).setVendor("anthropic")),
                change("cost: amount", e -> e.getCosts().get(0).setAmount(new BigDecimal("0.0162"))),
                change("cost: currency", e -> e.getCosts().get(0).setCurrency("EUR")),
                change("cost: twice", e -> e.getCosts().add(cost("openai", "0.0161"))),
                change("cost: none", e -> e.getCosts().clear()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sameContent")
    void shouldNotMindWhatARetryMayMakeAnew(String what, Consumer<UsageEvent> change) {
        UsageEvent changed = event("req-1");
        change.accept(changed);

        assertThat(fingerprint.of(changed)).isEqualTo(fingerprint.of(event("req-1")));
    }

    static Stream<Arguments> sameContent() {
        return Stream.of(
                change("id", e -> e.setId("other")),
                change("occurred_at", e -> e.setOccurredAt(Events.NOON.plusSeconds(9))),
                change("subject", e -> e.setSubject("chat_9")),
                change("description", e -> e.setDescription("again")),
                change("source", e -> e.setSource(new Source("chat", "pod-2", "0.2"))),
                change("data: decimal for long", e -> e.getData().put("total_tokens", new BigDecimal("1500.000"))),
                change("data: JSON for long", e -> e.getData().put("total_tokens", new JsonValue(" 1.5e3 "))),
                change("data: JSON for text", e -> e.getData().put("model", new JsonValue("\"gpt\\u002d4\""))),
                change("data: a null", e -> e.getData().put("nothing", null)),
                change("cost: id", e -> e.getCosts().get(0).setId("c-1")),
                change("cost: description", e -> e.getCosts().get(0).setDescription("input tokens")),
                change("cost: metadata", e -> e.getCosts().get(0).setMetadata(Map.of("a", "b"))),
                change("cost: notation", e -> e.getCosts().get(0).setAmount(new BigDecimal("0.016100"))));
    }

    @Test
    void shouldNotMindTheOrderOfCostsNorOfNestedMembers() {
        UsageEvent one = event("req-1");
        one.setCosts(new ArrayList<>(List.of(cost("a", "1"), cost("b", "2"), cost("a", "3"))));
        one.getData().put("n", new JsonValue("{\"x\":1,\"y\":{\"p\":[1,2],\"q\":null}}"));
        UsageEvent other = event("req-1");
        other.setCosts(new ArrayList<>(List.of(cost("a", "3.0"), cost("a", "1"), cost("b", "2"))));
        other.getData().put("n", new JsonValue("{\"y\":{\"p\":[1.0,2]},\"x\":1}"));

        assertThat(fingerprint.of(one)).isEqualTo(fingerprint.of(other));
    }

    @Test
    void shouldMindTheOrderOfArraysAndNullsInThem() {
        assertThat(ofNested("[1,2]")).isNotEqualTo(ofNested("[2,1]"));
        assertThat(ofNested("[1,null]")).isNotEqualTo(ofNested("[1]"));
        assertThat(ofNested("[]")).isNotEqualTo(ofNested("{}"));
        assertThat(ofNested("[[1],2]")).isNotEqualTo(ofNested("[[1,2]]"));
        assertThat(ofNested("{\"a\":\"1\"}")).isNotEqualTo(ofNested("{\"a\":1}"));
    }

    @Test
    void shouldTakeNumbersOfAnySize() {
        assertThat(ofNested("1e400")).isNotEqualTo(ofNested("1e401")).isEqualTo(ofNested("10e399"));
        assertThat(ofNested("0e99")).isEqualTo(ofNested("-0.0")).isEqualTo(ofNested("0"));
        assertThat(ofNested("123456789012345678901234567890")).isNotEqualTo(ofNested("123456789012345678901234567891"));
    }

    private long ofNested(String json) {
        UsageEvent event = event("req-1");
        event.getData().put("n", new JsonValue(json));
        return fingerprint.of(event);
    }

    private static Arguments change(String what, Consumer<UsageEvent> change) {
        return Arguments.of(what, change);
    }
}
