package io.usageflow.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.schema.JsonValue;
import java.lang.reflect.Executable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageEventTest {

    @Test
    void shouldLeaveAnEventAsItIsWhenAnotherIsMadeFromIt() {
        UsageEvent one = UsageEvent.of("message_completed").account("acct_42").data("tokens", 1);

        UsageEvent other = one.account("acct_43").data("tokens", 2).cost(Cost.of("openai", BigDecimal.ONE, "USD"));

        assertThat(one.account()).isEqualTo("acct_42");
        assertThat(one.data()).isEqualTo(Map.of("tokens", 1L));
        assertThat(one.costs()).isEmpty();
        assertThat(other.account()).isEqualTo("acct_43");
        assertThat(other.data()).isEqualTo(Map.of("tokens", 2L));
    }

    @Test
    void shouldKeepItsIdThroughEveryCallSoThatARetryIsADuplicate() {
        UsageEvent event = UsageEvent.of("message_completed");

        assertThat(event.account("a").data("k", "v").subject("s").id()).isEqualTo(event.id());
    }

    @Test
    void shouldTakeAnotherIdOnlyWhenAskedForAnotherFact() {
        UsageEvent event = UsageEvent.of("message_completed").account("a");

        assertThat(event.asNew().id()).isNotEqualTo(event.id());
        assertThat(event.asNew().account()).isEqualTo("a");
        assertThat(UsageEvent.of("message_completed").id()).isNotEqualTo(event.id());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void shouldKeepDataExactly(String name, Function<UsageEvent, UsageEvent> given, Object expected) {
        UsageEvent event = given.apply(UsageEvent.of("t"));

        assertThat(event.data()).containsExactlyEntriesOf(java.util.Collections.singletonMap("k", expected));
    }

    static Stream<Arguments> shouldKeepDataExactly() {
        BigInteger beyondLong = BigInteger.valueOf(Long.MAX_VALUE).add(BigInteger.ONE);
        BigInteger beyondDecimal = BigInteger.TEN.pow(20);
        return Stream.of(
                datum("text", e -> e.data("k", "v"), "v"),
                datum("no text", e -> e.data("k", (String) null), null),
                datum("null", e -> e.dataNull("k"), null),
                datum("int", e -> e.data("k", 1500), 1500L),
                datum("long", e -> e.data("k", Long.MIN_VALUE), Long.MIN_VALUE),
                datum("boolean", e -> e.data("k", true), true),
                datum("decimal", e -> e.data("k", new BigDecimal("1.50")), new BigDecimal("1.50")),
                datum("decimal too fine", e -> e.data("k", new BigDecimal("1E-19")), new JsonValue("1E-19")),
                datum("decimal too large", e -> e.data("k", new BigDecimal("1E+20")), new JsonValue("1E+20")),
                datum("small big integer", e -> e.data("k", BigInteger.valueOf(Long.MAX_VALUE)), Long.MAX_VALUE),
                datum("big integer", e -> e.data("k", beyondLong), new BigDecimal(beyondLong)),
                datum("huge integer", e -> e.data("k", beyondDecimal), new JsonValue("1" + "0".repeat(20))),
                datum("double", e -> e.data("k", 0.1), new BigDecimal("0.1")),
                datum("whole double", e -> e.data("k", 2.0), new BigDecimal("2")),
                datum("negative zero", e -> e.data("k", -0.0), BigDecimal.ZERO),
                datum("tiny double", e -> e.data("k", Double.MIN_VALUE), new JsonValue("5E-324")),
                datum("largest double", e -> e.data("k", Double.MAX_VALUE), new JsonValue("1.7976931348623157E+308")),
                datum("float", e -> e.data("k", 0.1f), new BigDecimal("0.1")),
                datum(
                        "map",
                        e -> e.data("k", Map.of("b", 1, "a", List.of(true, "x"))),
                        new JsonValue("{\"a\":[true,\"x\"],\"b\":1}")),
                datum(
                        "list",
                        e -> e.data("k", Arrays.asList(null, 0.1, new BigDecimal("1E-30"))),
                        new JsonValue("[null,0.1,1E-30]")),
                datum(
                        "text to be escaped",
                        e -> e.data("k", List.of("\"\n\u2028")),
                        new JsonValue("[\"\\\"\\n\u2028\"]")),
                datum("the last value", e -> e.data("k", 1).data("k", "two").data("k", 3), 3L),
                datum("any of a map", e -> e.dataAll(Map.of("k", (short) 7)), 7L));
    }

    private static Arguments datum(String name, Function<UsageEvent, UsageEvent> given, Object expected) {
        return Arguments.of(name, given, expected);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void shouldRefuseNumbersThatAreNoneNamingTheKey(double value) {
        assertThatThrownBy(() -> UsageEvent.of("t").data("ratio", value))
                .isInstanceOfSatisfying(InvalidUsageEventException.class, e -> assertThat(e.field())
                        .isEqualTo("data.ratio"))
                .hasMessageContaining("finite");
        assertThatThrownBy(() -> UsageEvent.of("t").data("ratio", (float) value))
                .isInstanceOf(InvalidUsageEventException.class);
        assertThatThrownBy(() -> UsageEvent.of("t").data("ratios", List.of(1, Map.of("x", value))))
                .isInstanceOfSatisfying(InvalidUsageEventException.class, e -> assertThat(e.field())
                        .isEqualTo("data.ratios[1].x"));
    }

    @Test
    void shouldNameTheNestedValueItCannotKeep() {
        assertThatThrownBy(() -> UsageEvent.of("t").data("k", Map.of("a", List.of(new Object()))))
                .isInstanceOf(InvalidUsageEventException.class)
                .hasMessageContaining("data.k.a[0] is a java.lang.Object");
        assertThatThrownBy(() -> UsageEvent.of("t").dataAll(Map.of("k", Map.of(1, 2))))
                .isInstanceOf(InvalidUsageEventException.class)
                .hasMessageContaining("data.k has the key 1");
    }

    @Test
    void shouldEndOnAMapThatHoldsItself() {
        Map<String, Object> self = new HashMap<>();
        self.put("self", self);

        assertThatThrownBy(() -> UsageEvent.of("t").data("k", self))
                .isInstanceOf(InvalidUsageEventException.class)
                .hasMessageContaining("nested deeper than 8 levels");
    }

    @Test
    void shouldNotFollowLaterChangesOfANestedValue() {
        List<Object> list = new ArrayList<>(List.of(1));
        UsageEvent event = UsageEvent.of("t").data("k", list);

        list.add(2);

        assertThat(event.data()).isEqualTo(Map.of("k", new JsonValue("[1]")));
    }

    @Test
    void shouldKeepCostsInOrder() {
        Cost first = Cost.of("openai", new BigDecimal("0.1"), "USD");
        Cost second = Cost.of("aws", new BigDecimal("0.2"), "USD")
                .id("c2")
                .description("gpu")
                .metadata("a", "b");

        assertThat(UsageEvent.of("t").cost(first).cost(second).costs()).containsExactly(first, second);
        assertThat(UsageEvent.forCosts("acct", first, second).costs()).containsExactly(first, second);
        assertThat(UsageEvent.forCosts("acct", first).eventType()).isEqualTo("cost_recorded");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
                "00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-01",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01"
            })
    void shouldRefuseATraceparentOfAnotherForm(String value) {
        assertThatThrownBy(() -> UsageEvent.of("t").traceparent(value))
                .isInstanceOfSatisfying(InvalidUsageEventException.class, e -> assertThat(e.field())
                        .isEqualTo("traceparent"));
    }

    @Test
    void shouldKeepATraceparent() {
        String value = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

        assertThat(UsageEvent.of("t").traceparent(value).traceparent()).hasValue(value);
    }

    @Test
    void shouldShowNoDataInItsText() {
        assertThat(UsageEvent.of("t").account("a").data("prompt", "secret").description("private"))
                .asString()
                .contains("t", "a")
                .doesNotContain("secret", "private");
    }

    @Test
    void shouldBeEqualByContent() {
        UsageEvent event = UsageEvent.of("t").account("a").data("x", 1).data("y", 2);
        UsageEvent same = UsageEvent.of("t")
                .id(event.id())
                .occurredAt(event.occurredAt())
                .account("a")
                .data("y", 2)
                .data("x", 1);

        assertThat(same).isEqualTo(event).hasSameHashCodeAs(event);
        assertThat(same.data("x", 2)).isNotEqualTo(event);
    }

    private enum Region {
        EU_WEST
    }

    private record Timing(
            long firstTokenMs,
            Optional<Integer> httpStatus,
            @Nullable String note) {}

    private record Usage(
            String model,
            long totalTokens,
            BigDecimal gpuSeconds,
            boolean cached,
            Region region,
            Instant startedAt,
            UUID traceID,
            Optional<String> tenant,
            @Nullable String note,
            List<Integer> sizes,
            Timing timing) {}

    @Test
    void shouldTakeARecordsComponentsAsData() {
        UUID trace = UUID.randomUUID();
        Usage usage = new Usage(
                "gpt-4",
                1500,
                new BigDecimal("0.250"),
                true,
                Region.EU_WEST,
                Instant.parse("2026-11-23T12:00:00Z"),
                trace,
                Optional.empty(),
                null,
                List.of(1, 2),
                new Timing(7, Optional.of(200), null));

        assertThat(UsageEvent.of("t").data("kept", 1).data(usage).data())
                .isEqualTo(Map.ofEntries(
                        Map.entry("kept", 1L),
                        Map.entry("model", "gpt-4"),
                        Map.entry("total_tokens", 1500L),
                        Map.entry("gpu_seconds", new BigDecimal("0.250")),
                        Map.entry("cached", true),
                        Map.entry("region", "EU_WEST"),
                        Map.entry("started_at", "2026-11-23T12:00:00Z"),
                        Map.entry("trace_id", trace.toString()),
                        Map.entry("sizes", new JsonValue("[1,2]")),
                        Map.entry("timing", new JsonValue("{\"first_token_ms\":7,\"http_status\":200}"))));
    }

    @Test
    void shouldTakeTimesIdsAndConstantsAsTextWhereverTheyStand() {
        Instant at = Instant.parse("2026-11-23T12:00:00Z");
        UUID id = UUID.randomUUID();

        assertThat(UsageEvent.of("t")
                        .data("at", at)
                        .data("region", Region.EU_WEST)
                        .dataAll(Map.of("id", id))
                        .data("nested", Map.of("at", at, "region", Region.EU_WEST))
                        .data())
                .isEqualTo(Map.of(
                        "at",
                        "2026-11-23T12:00:00Z",
                        "region",
                        "EU_WEST",
                        "id",
                        id.toString(),
                        "nested",
                        new JsonValue("{\"at\":\"2026-11-23T12:00:00Z\",\"region\":\"EU_WEST\"}")));
    }

    private record Unusable(Object thing) {}

    @Test
    void shouldNameARecordsComponentThatDataDoesNotTake() {
        assertThatThrownBy(() -> UsageEvent.of("t").data(new Unusable(new Object())))
                .isInstanceOf(InvalidUsageEventException.class)
                .hasMessageContaining("data.thing is a java.lang.Object")
                .hasMessageContaining("an enum constant, or a record");
    }

    /** Money that has been a double is not what was charged. */
    @Test
    void shouldHaveNoWayToGiveMoneyAsAFloatingPointNumber() {
        assertThat(Stream.of(Cost.class.getMethods(), Cost.class.getConstructors())
                        .flatMap(Stream::of)
                        .flatMap(each -> Stream.of(((Executable) each).getParameterTypes())))
                .doesNotContain(double.class, float.class, Double.class, Float.class, Number.class)
                .contains(BigDecimal.class);
    }
}
