package io.usageflow.schema.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.schema.Cost;
import io.usageflow.schema.JsonValue;
import io.usageflow.schema.Source;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.rule.Violation.Field;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
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

class EventRulesTest {

    @Test
    void shouldFindNothingWrongWithAnOrdinaryEvent() {
        assertThat(EventRules.violations(valid())).isEmpty();
        assertThat(EventRules.firstViolation(valid())).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void shouldAccept(String name, Consumer<UsageEvent> change) {
        UsageEvent event = valid();

        change.accept(event);

        assertThat(EventRules.violations(event)).isEmpty();
    }

    static Stream<Arguments> shouldAccept() {
        return Stream.of(
                good("the longest id", e -> e.setId("x".repeat(128))),
                good("an id of letters beyond ASCII", e -> e.setId("commande-é-日本")),
                good("the longest account", e -> e.setAccountId("a".repeat(256))),
                good(
                        "a description of lines",
                        e -> e.setDescription("two\nlines\tand a family \uD83D\uDC68\u200D\uD83D\uDC69")),
                good("an empty subject", e -> e.setSubject("")),
                good("one explicit reference", e -> e.setCustomerId("cust_1")),
                good("the other explicit reference", e -> e.setCustomerExternalId("user 7")),
                good("the first and last time", e -> e.setOccurredAt(EventRules.OCCURRED_AT_MAX)),
                good("no data", e -> e.setData(Map.of())),
                good("the most data", e -> e.setData(numbered(100))),
                good("null data", e -> e.setData(Collections.singletonMap("k", null))),
                good(
                        "every scalar",
                        e -> e.setData(Map.of("b", true, "l", Long.MIN_VALUE, "s", "", "d", BigDecimal.ONE))),
                good("control characters in a data value", e -> e.setData(Map.of("k", "a\r\n\u001b[0m"))),
                good("the longest data value", e -> e.setData(Map.of("k", "v".repeat(8192)))),
                good(
                        "the largest decimal",
                        e -> e.setData(Map.of("k", new BigDecimal("9".repeat(20) + "." + "9".repeat(18))))),
                good("the deepest JSON", e -> e.setData(json("[[[[[[[[1]]]]]]]]"))),
                good("a JSON number beyond decimals", e -> e.setData(json("1E-400"))),
                good("JSON names with equal hashes", e -> e.setData(json(collidingNames()))),
                good("no costs", e -> e.setCosts(List.of())),
                good("the most costs", e -> e.setCosts(Collections.nCopies(50, cost(c -> {})))),
                good("a free cost", e -> e.setCosts(List.of(cost(c -> c.setAmount(BigDecimal.ZERO))))),
                good(
                        "zero with a wild scale",
                        e -> e.setCosts(List.of(cost(c -> c.setAmount(new BigDecimal("0E+40")))))),
                good(
                        "trailing zeros",
                        e -> e.setCosts(List.of(cost(c -> c.setAmount(new BigDecimal("1." + "0".repeat(30))))))),
                good(
                        "currencies younger than this Java",
                        e -> e.setCosts(List.of(
                                cost(c -> c.setCurrency("XCG")),
                                cost(c -> c.setCurrency("ZWG")),
                                cost(c -> c.setCurrency("SLE"))))),
                good("a replacement character in prose", e -> e.setDescription("caf\uFFFD")),
                good("no source", e -> e.setSource(null)));
    }

    @ParameterizedTest(name = "{2}")
    @MethodSource
    void shouldName(Field field, String path, String name, Consumer<UsageEvent> change) {
        UsageEvent event = valid();

        change.accept(event);

        assertThat(EventRules.violations(event)).singleElement().satisfies(violation -> {
            assertThat(violation.field()).isEqualTo(field);
            assertThat(violation.path()).isEqualTo(path);
            assertThat(violation.message()).startsWith(path + " ").contains(": ");
        });
    }

    static Stream<Arguments> shouldName() {
        return Stream.of(
                bad(Field.ID, "id", "empty id", e -> e.setId("")),
                bad(Field.ID, "id", "blank id", e -> e.setId("  ")),
                bad(Field.ID, "id", "missing id", e -> e.setId(null)),
                bad(Field.ID, "id", "long id", e -> e.setId("x".repeat(129))),
                bad(Field.ID, "id", "line feed in id", e -> e.setId("a\nb")),
                bad(Field.ID, "id", "invisible character in id", e -> e.setId("a\u200Bb")),
                bad(Field.ID, "id", "half a surrogate pair in id", e -> e.setId("a\uD83D")),
                bad(Field.ID, "id", "bytes in id that were not UTF-8", e -> e.setId("a\uFFFD")),
                bad(Field.EVENT_TYPE, "event_type", "empty type", e -> e.setEventType("")),
                bad(Field.EVENT_TYPE, "event_type", "long type", e -> e.setEventType("x".repeat(129))),
                bad(Field.ACCOUNT, "account_id", "empty account", e -> e.setAccountId("")),
                bad(Field.ACCOUNT, "account_id", "long account", e -> e.setAccountId("x".repeat(257))),
                bad(
                        Field.TIME,
                        "occurred_at",
                        "year 10000",
                        e -> e.setOccurredAt(Instant.parse("+10000-01-01T00:00:00Z"))),
                bad(Field.TIME, "occurred_at", "year 0", e -> e.setOccurredAt(Instant.parse("0000-12-31T00:00:00Z"))),
                bad(Field.REFERENCE, "customer_id", "two references", e -> {
                    e.setCustomerId("a");
                    e.setCustomerExternalId("b");
                }),
                bad(Field.REFERENCE, "customer_id", "empty reference", e -> e.setCustomerId("")),
                bad(
                        Field.REFERENCE,
                        "customer_external_id",
                        "long reference",
                        e -> e.setCustomerExternalId("x".repeat(257))),
                bad(Field.TEXT, "subject", "long subject", e -> e.setSubject("x".repeat(257))),
                bad(Field.TEXT, "subject", "line feed in subject", e -> e.setSubject("a\nb")),
                bad(Field.TEXT, "description", "long description", e -> e.setDescription("x".repeat(1025))),
                bad(Field.TEXT, "description", "escape in description", e -> e.setDescription("\u001b[31m")),
                bad(
                        Field.TEXT,
                        "source.service",
                        "control character in source",
                        e -> e.setSource(new Source("\0", null, null))),
                bad(Field.DATA, "data", "too much data", e -> e.setData(numbered(101))),
                bad(Field.DATA, "data", "missing data", e -> e.setData(null)),
                bad(Field.DATA, "data", "empty key", e -> e.setData(Map.of("", 1L))),
                bad(Field.DATA, "data", "long key", e -> e.setData(Map.of("k".repeat(129), 1L))),
                bad(Field.DATA, "data.k", "long value", e -> e.setData(Map.of("k", "v".repeat(8193)))),
                bad(Field.DATA, "data.k", "NUL in value", e -> e.setData(Map.of("k", "a\0"))),
                bad(Field.DATA, "data.k", "half a surrogate pair in value", e -> e.setData(Map.of("k", "\uDE00"))),
                bad(Field.DATA, "data.k", "too small a decimal", e -> e.setData(Map.of("k", new BigDecimal("1E-19")))),
                bad(Field.DATA, "data.k", "foreign type", e -> e.setData(Map.of("k", ByteBuffer.allocate(1)))),
                bad(Field.DATA, "data.k", "int, which Avro cannot write here", e -> e.setData(Map.of("k", 1))),
                bad(Field.DATA, "data.k", "broken JSON", e -> e.setData(json("{\"a\":"))),
                bad(Field.DATA, "data.k", "no JSON", e -> e.setData(json(" "))),
                bad(Field.DATA, "data.k", "two JSON values", e -> e.setData(json("1 2"))),
                bad(Field.DATA, "data.k", "NaN", e -> e.setData(json("NaN"))),
                bad(Field.DATA, "data.k", "a JSON name twice", e -> e.setData(json("{\"a\":1,\"a\":2}"))),
                bad(Field.DATA, "data.k", "deep JSON", e -> e.setData(json("[".repeat(9) + "]".repeat(9)))),
                bad(Field.DATA, "data.k", "very deep JSON", e -> e.setData(json("[".repeat(30_000)))),
                bad(Field.DATA, "data.k", "long JSON", e -> e.setData(json("\"" + "x".repeat(65_536) + "\""))),
                bad(Field.DATA, "data.k", "a gigabyte in eleven characters", e -> e.setData(json("1E999999999"))),
                bad(Field.DATA, "data.k", "an endless fraction", e -> e.setData(json("1E-999999999"))),
                bad(Field.DATA, "data.k", "an exponent beyond int", e -> e.setData(json("1E99999999999"))),
                bad(Field.DATA, "data.k", "half a surrogate pair in JSON", e -> e.setData(json("[\"\\ud800\"]"))),
                bad(Field.COST, "costs", "too many costs", e -> e.setCosts(Collections.nCopies(51, cost(c -> {})))),
                bad(Field.COST, "costs", "missing costs", e -> e.setCosts(null)),
                badCost(Field.COST, "vendor", "empty vendor", c -> c.setVendor("")),
                badCost(Field.COST, "id", "empty cost id", c -> c.setId("")),
                badCost(Field.COST, "description", "long cost description", c -> c.setDescription("x".repeat(1025))),
                badCost(Field.COST, "metadata", "too much metadata", c -> c.setMetadata(metadata(51))),
                badCost(Field.COST, "metadata", "empty metadata key", c -> c.setMetadata(Map.of("", "v"))),
                badCost(
                        Field.COST,
                        "metadata.k",
                        "long metadata value",
                        c -> c.setMetadata(Map.of("k", "v".repeat(8193)))),
                badCost(
                        Field.COST,
                        "metadata.k",
                        "null metadata value",
                        c -> c.setMetadata(Collections.singletonMap("k", null))),
                badCost(Field.AMOUNT, "amount", "negative amount", c -> c.setAmount(new BigDecimal("-0.01"))),
                badCost(Field.AMOUNT, "amount", "missing amount", c -> c.setAmount(null)),
                badCost(Field.AMOUNT, "amount", "19 digits after the point", c -> c.setAmount(new BigDecimal("1E-19"))),
                badCost(Field.AMOUNT, "amount", "21 digits before the point", c -> c.setAmount(new BigDecimal("1E20"))),
                badCost(
                        Field.AMOUNT,
                        "amount",
                        "wild scale",
                        c -> c.setAmount(new BigDecimal(java.math.BigInteger.ONE, Integer.MIN_VALUE))),
                badCost(Field.CURRENCY, "currency", "no such currency", c -> c.setCurrency("ABC")),
                badCost(Field.CURRENCY, "currency", "empty currency", c -> c.setCurrency("")),
                badCost(Field.CURRENCY, "currency", "missing currency", c -> c.setCurrency(null)));
    }

    @Test
    void shouldSayHowToRoundAnAmount() {
        UsageEvent event = valid();

        event.setCosts(List.of(cost(c -> c.setAmount(new BigDecimal("0.0016150000000000001")))));

        assertThat(EventRules.firstViolation(event).orElseThrow().message())
                .contains("costs[0].amount", "Cost.rounded(18)", "'usageflow publish --round-amounts 18'");
    }

    @Test
    void shouldSayNothingOfTheParserThatReadNestedJson() {
        UsageEvent event = valid();

        for (String json : List.of("{\"a\":", "{\"a\":1,\"a\":2}", "1" + "0".repeat(1_200), "[".repeat(30_000))) {
            event.setData(json(json));

            assertThat(EventRules.firstViolation(event).orElseThrow().message())
                    .doesNotContainIgnoringCase("jackson")
                    .doesNotContain("Stream", "JsonParser", "Source:");
        }
    }

    @Test
    void shouldProposeTheCurrencyThatWasProbablyMeant() {
        UsageEvent event = valid();

        event.setCosts(List.of(cost(c -> c.setCurrency("eur"))));

        assertThat(EventRules.firstViolation(event).orElseThrow().message())
                .isEqualTo("costs[0].currency is 'eur': use an ISO 4217 code, such as EUR");
    }

    @Test
    void shouldRefuseTwoCostsOfOneIdInAnyCaseOfAUuid() {
        UsageEvent event = valid();

        event.setCosts(List.of(
                cost(c -> c.setId("0190b5a4-5c00-7000-8000-00000000000a")),
                cost(c -> c.setId("0190B5A4-5C00-7000-8000-00000000000A"))));

        assertThat(EventRules.violations(event)).extracting(Violation::path).containsExactly("costs[1].id");
    }

    @Test
    void shouldTellApartCostIdsThatAreNoUuidsByCase() {
        UsageEvent event = valid();

        event.setCosts(List.of(cost(c -> c.setId("a")), cost(c -> c.setId("A"))));

        assertThat(EventRules.violations(event)).isEmpty();
    }

    @Test
    void shouldReportAllThatIsWrongInTheOrderOfTheFields() {
        UsageEvent event = valid();

        event.setId("");
        event.setSubject("\n");
        event.setCosts(List.of(cost(c -> c.setCurrency("dollars"))));

        assertThat(EventRules.violations(event))
                .extracting(Violation::field)
                .containsExactly(Field.ID, Field.TEXT, Field.CURRENCY);
    }

    @Test
    void shouldBoundItsReport() {
        UsageEvent event = valid();
        List<Cost> costs = new ArrayList<>(Collections.nCopies(50, cost(c -> c.setVendor(""))));

        event.setCosts(costs);

        assertThat(EventRules.violations(event)).hasSize(20);
    }

    @Test
    void shouldKeepTerminalsSafeFromWhatItQuotes() {
        UsageEvent event = valid();

        event.setCosts(List.of(cost(c -> c.setCurrency("\u001b[2J" + "x".repeat(500)))));

        assertThat(EventRules.firstViolation(event).orElseThrow().message())
                .contains("\\u001b")
                .hasSizeLessThan(160)
                .doesNotContain("\u001b");
    }

    @Test
    void shouldMeasureSizeAgainstTheGivenBound() {
        assertThat(EventRules.sizeViolation(262_144, EventRules.EVENT_BYTES_MAX))
                .isEmpty();
        assertThat(EventRules.sizeViolation(262_145, EventRules.EVENT_BYTES_MAX))
                .hasValueSatisfying(v -> assertThat(v.field()).isEqualTo(Field.SIZE));
    }

    private static Arguments good(String name, Consumer<UsageEvent> change) {
        return Arguments.of(name, change);
    }

    private static Arguments bad(Field field, String path, String name, Consumer<UsageEvent> change) {
        return Arguments.of(field, path, name, change);
    }

    private static Arguments badCost(Field field, String path, String name, Consumer<Cost> change) {
        return bad(field, "costs[0]." + path, name, e -> e.setCosts(List.of(cost(change))));
    }

    private static UsageEvent valid() {
        return UsageEvent.newBuilder()
                .setId("0190b5a4-5c00-7000-8000-000000000001")
                .setEventType("message_completed")
                .setOccurredAt(Instant.parse("2026-03-01T10:00:00Z"))
                .setAccountId("acct_42")
                .setSubject("chat_9")
                .setData(Map.of("model", "gpt-4", "total_tokens", 1500L))
                .setCosts(List.of(cost(c -> {})))
                .setSource(new Source("chat", "chat-1", "0.1.0"))
                .build();
    }

    private static Cost cost(Consumer<Cost> change) {
        Cost cost = new Cost(null, "openai", null, new BigDecimal("0.0161"), "USD", Map.of());
        change.accept(cost);
        return cost;
    }

    /** Equal in the hash of Jackson's table of names, whatever its seed: 33 * 'A' + 'b' = 33 * 'B' + 'A'. */
    private static String collidingNames() {
        return IntStream.range(0, 2_048)
                .mapToObj(i -> IntStream.range(0, 11)
                        .mapToObj(bit -> (i >> bit & 1) == 0 ? "Ab" : "BA")
                        .collect(Collectors.joining("", "\"", "\":1")))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static Map<String, Object> json(String text) {
        return Map.of("k", new JsonValue(text));
    }

    private static Map<String, Object> numbered(int entries) {
        Map<String, Object> data = new HashMap<>();
        IntStream.range(0, entries).forEach(i -> data.put("k" + i, (long) i));
        return data;
    }

    private static Map<String, String> metadata(int entries) {
        Map<String, String> metadata = new HashMap<>();
        IntStream.range(0, entries).forEach(i -> metadata.put("k" + i, "v"));
        return metadata;
    }
}
