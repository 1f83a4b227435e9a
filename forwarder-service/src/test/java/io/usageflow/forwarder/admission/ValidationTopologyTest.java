package io.usageflow.forwarder.admission;

import static io.usageflow.forwarder.admission.Events.cost;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.schema.Cost;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.JsonValue;
import io.usageflow.schema.Source;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.id.Uuids;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every rule of an event, as foreign producers meet it: a good event with one thing changed becomes one dead letter, with
 * the rule's closed reason and the field's name, and holds what was published.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ValidationTopologyTest {
    private static final byte[] KEY = "acct_1".getBytes(UTF_8);

    private AdmissionDriver admission;
    private int events;

    @BeforeAll
    void start(@TempDir Path stateDir) {
        admission = new AdmissionDriver(stateDir);
        admission.linkCustomer("acct_1", "cust-1");
    }

    @AfterEach
    void clear() {
        admission.delivered();
        admission.deadLetters();
    }

    @AfterAll
    void stop() {
        admission.close();
    }

    @ParameterizedTest(name = "{0} -> {1}, {2}")
    @MethodSource
    void shouldHold(String rule, DeadLetterReason reason, String field, Consumer<UsageEvent> change) {
        UsageEvent event = Events.event("req-" + events++);
        change.accept(event);

        byte[] published = admission.publish(event);

        assertThat(admission.delivered()).isEmpty();
        assertThat(admission.deadLetters()).singleElement().satisfies(letter -> {
            assertThat(letter.getReason()).isEqualTo(reason.name());
            assertThat(letter.getDetail()).contains(field + " ");
            assertThat(letter.getOriginalValue()).isEqualTo(ByteBuffer.wrap(published));
            assertThat(letter.getOriginalKey())
                    .isEqualTo(ByteBuffer.wrap(event.getAccountId().getBytes(UTF_8)));
        });
    }

    static Stream<Arguments> shouldHold() {
        return Stream.of(
                        ids(),
                        names(),
                        times(),
                        texts(),
                        data(),
                        costs(),
                        Stream.of(row(
                                "event of more bytes than allowed",
                                DeadLetterReason.TOO_LARGE,
                                "event",
                                e -> e.setData(numbered(40, "x".repeat(8000))))))
                .flatMap(rows -> rows);
    }

    private static Stream<Arguments> ids() {
        return Stream.of(
                row("empty id", DeadLetterReason.INVALID_ID, "id", e -> e.setId("")),
                row("blank id", DeadLetterReason.INVALID_ID, "id", e -> e.setId(" \t ")),
                row("id of 129 characters", DeadLetterReason.INVALID_ID, "id", e -> e.setId("x".repeat(129))),
                row("control character in id", DeadLetterReason.INVALID_ID, "id", e -> e.setId("a\u0007")),
                row("line separator in id", DeadLetterReason.INVALID_ID, "id", e -> e.setId("a\u2028b")),
                row("id that was not UTF-8", DeadLetterReason.INVALID_ID, "id", e -> e.setId("a\uFFFD")));
    }

    private static Stream<Arguments> names() {
        return Stream.of(
                row("empty event type", DeadLetterReason.INVALID_EVENT_TYPE, "event_type", e -> e.setEventType("")),
                row(
                        "long event type",
                        DeadLetterReason.INVALID_EVENT_TYPE,
                        "event_type",
                        e -> e.setEventType("x".repeat(129))),
                row(
                        "line feed in event type",
                        DeadLetterReason.INVALID_EVENT_TYPE,
                        "event_type",
                        e -> e.setEventType("a\nb")),
                row("empty account", DeadLetterReason.INVALID_ACCOUNT, "account_id", e -> e.setAccountId("")),
                row(
                        "long account",
                        DeadLetterReason.INVALID_ACCOUNT,
                        "account_id",
                        e -> e.setAccountId("x".repeat(257))),
                row("NUL in account", DeadLetterReason.INVALID_ACCOUNT, "account_id", e -> e.setAccountId("a\0")),
                row("two references", DeadLetterReason.INVALID_REFERENCE, "customer_id", e -> {
                    e.setCustomerId("cust_1");
                    e.setCustomerExternalId("mine");
                }),
                row("empty customer_id", DeadLetterReason.INVALID_REFERENCE, "customer_id", e -> e.setCustomerId("")),
                row(
                        "long customer_external_id",
                        DeadLetterReason.INVALID_REFERENCE,
                        "customer_external_id",
                        e -> e.setCustomerExternalId("x".repeat(257))));
    }

    private static Stream<Arguments> times() {
        return Stream.of(
                row(
                        "year 10000",
                        DeadLetterReason.INVALID_TIME,
                        "occurred_at",
                        e -> e.setOccurredAt(Instant.parse("+10000-01-01T00:00:00Z"))),
                row(
                        "year 0",
                        DeadLetterReason.INVALID_TIME,
                        "occurred_at",
                        e -> e.setOccurredAt(Instant.parse("0000-06-01T00:00:00Z"))),
                row(
                        "later than skew explains",
                        DeadLetterReason.IN_FUTURE,
                        "occurred_at",
                        e -> e.setOccurredAt(Events.NOON.plus(Duration.ofMinutes(61)))),
                row(
                        "id from the future",
                        DeadLetterReason.IN_FUTURE,
                        "id",
                        e -> e.setId(
                                Uuids.v7(Events.NOON.plus(Duration.ofHours(2))).toString())),
                row(
                        "older than the window vouches for",
                        DeadLetterReason.TOO_OLD,
                        "occurred_at",
                        e -> e.setOccurredAt(Events.NOON.minus(Duration.ofDays(35)))),
                row(
                        "id older than the window",
                        DeadLetterReason.TOO_OLD,
                        "id",
                        e -> e.setId(
                                Uuids.v7(Events.NOON.minus(Duration.ofDays(36))).toString())));
    }

    private static Stream<Arguments> texts() {
        return Stream.of(
                row("long subject", DeadLetterReason.INVALID_TEXT, "subject", e -> e.setSubject("x".repeat(257))),
                row("escape in subject", DeadLetterReason.INVALID_TEXT, "subject", e -> e.setSubject("\u001b[2J")),
                row(
                        "long description",
                        DeadLetterReason.INVALID_TEXT,
                        "description",
                        e -> e.setDescription("x".repeat(1025))),
                row(
                        "bell in description",
                        DeadLetterReason.INVALID_TEXT,
                        "description",
                        e -> e.setDescription("\u0007")),
                row(
                        "long service",
                        DeadLetterReason.INVALID_TEXT,
                        "source.service",
                        e -> e.setSource(new Source("x".repeat(257), null, null))),
                row(
                        "tab in instance",
                        DeadLetterReason.INVALID_TEXT,
                        "source.instance",
                        e -> e.setSource(new Source(null, "a\tb", null))),
                row(
                        "long version",
                        DeadLetterReason.INVALID_TEXT,
                        "source.library_version",
                        e -> e.setSource(new Source(null, null, "x".repeat(257)))));
    }

    private static Stream<Arguments> data() {
        return Stream.of(
                row("101 entries of data", DeadLetterReason.INVALID_DATA, "data", e -> e.setData(numbered(101, 1L))),
                row("empty key", DeadLetterReason.INVALID_DATA, "data", e -> e.setData(datum("", 1L))),
                row("long key", DeadLetterReason.INVALID_DATA, "data", e -> e.setData(datum("k".repeat(129), 1L))),
                row("line feed in key", DeadLetterReason.INVALID_DATA, "data", e -> e.setData(datum("a\nb", 1L))),
                row("long text", DeadLetterReason.INVALID_DATA, "data.k", e -> e.setData(datum("k", "x".repeat(8193)))),
                row("NUL in text", DeadLetterReason.INVALID_DATA, "data.k", e -> e.setData(datum("k", "a\0"))),
                json("broken JSON", "{\"a\":"),
                json("no JSON", ""),
                json("two JSON values", "1 2"),
                json("a JSON name twice", "{\"a\":1,\"a\":2}"),
                json("JSON nested 9 deep", "[".repeat(9) + "]".repeat(9)),
                json("long JSON", "\"" + "x".repeat(65_536) + "\""),
                json("a number of a gigabyte", "1E999999999"),
                json("half a surrogate pair in JSON", "\"\\ud800\""));
    }

    private static Stream<Arguments> costs() {
        return Stream.of(
                row("51 costs", DeadLetterReason.INVALID_COST, "costs", e -> IntStream.range(0, 50)
                        .forEach(i -> e.getCosts().add(cost("openai", "1")))),
                costRow("empty cost id", DeadLetterReason.INVALID_COST, "id", c -> c.setId("")),
                costRow("long cost id", DeadLetterReason.INVALID_COST, "id", c -> c.setId("x".repeat(129))),
                row("one cost id twice", DeadLetterReason.INVALID_COST, "costs[1].id", e -> {
                    e.getCosts().get(0).setId("c-1");
                    e.getCosts().add(cost("openai", "1"));
                    e.getCosts().get(1).setId("c-1");
                }),
                costRow("empty vendor", DeadLetterReason.INVALID_COST, "vendor", c -> c.setVendor("")),
                costRow("long vendor", DeadLetterReason.INVALID_COST, "vendor", c -> c.setVendor("x".repeat(257))),
                costRow(
                        "long cost description",
                        DeadLetterReason.INVALID_COST,
                        "description",
                        c -> c.setDescription("x".repeat(1025))),
                costRow(
                        "negative amount",
                        DeadLetterReason.INVALID_AMOUNT,
                        "amount",
                        c -> c.setAmount(new BigDecimal("-0.000000000000000001"))),
                costRow("unknown currency", DeadLetterReason.INVALID_CURRENCY, "currency", c -> c.setCurrency("ABC")),
                costRow(
                        "currency in lower case",
                        DeadLetterReason.INVALID_CURRENCY,
                        "currency",
                        c -> c.setCurrency("usd")),
                costRow("no currency", DeadLetterReason.INVALID_CURRENCY, "currency", c -> c.setCurrency("")),
                costRow(
                        "51 entries of metadata",
                        DeadLetterReason.INVALID_COST,
                        "metadata",
                        c -> c.setMetadata(metadata(51))),
                costRow(
                        "empty key of metadata",
                        DeadLetterReason.INVALID_COST,
                        "metadata",
                        c -> c.setMetadata(Map.of("", "v"))),
                costRow(
                        "long value of metadata",
                        DeadLetterReason.INVALID_COST,
                        "metadata.k",
                        c -> c.setMetadata(Map.of("k", "x".repeat(8193)))));
    }

    /** What the schema's Java classes cannot write, and a foreign producer can. */
    @ParameterizedTest(name = "{0} -> {2}")
    @MethodSource
    void shouldHoldBytes(String what, UnaryOperator<byte[]> change, DeadLetterReason reason) {
        byte[] value = change.apply(admission.encode("usage.events", Events.event("req-" + events++)));

        admission.publishRaw(KEY, value, new RecordHeaders());

        assertThat(admission.delivered()).isEmpty();
        assertThat(admission.deadLetters()).singleElement().satisfies(letter -> {
            assertThat(letter.getReason()).isEqualTo(reason.name());
            assertThat(letter.getOriginalValue()).isEqualTo(value == null ? null : ByteBuffer.wrap(value));
        });
    }

    static Stream<Arguments> shouldHoldBytes() {
        return Stream.of(
                Arguments.of("no value", bytes(good -> null), DeadLetterReason.UNDECODABLE),
                Arguments.of("nothing", bytes(good -> new byte[0]), DeadLetterReason.UNDECODABLE),
                Arguments.of("half a header", bytes(good -> Arrays.copyOf(good, 4)), DeadLetterReason.UNDECODABLE),
                Arguments.of("header alone", bytes(good -> Arrays.copyOf(good, 5)), DeadLetterReason.UNDECODABLE),
                Arguments.of("JSON", bytes(good -> "{\"id\":\"req-1\"}".getBytes(UTF_8)), DeadLetterReason.UNDECODABLE),
                Arguments.of("wrong magic", bytes(good -> with(good, 0, 1)), DeadLetterReason.UNDECODABLE),
                Arguments.of(
                        "one byte short",
                        bytes(good -> Arrays.copyOf(good, good.length - 1)),
                        DeadLetterReason.UNDECODABLE),
                Arguments.of(
                        "one byte more",
                        bytes(good -> Arrays.copyOf(good, good.length + 1)),
                        DeadLetterReason.UNDECODABLE),
                Arguments.of(
                        "a text of two gigabytes",
                        bytes(good -> concat(
                                Arrays.copyOf(good, 5),
                                new byte[] {(byte) 0xfe, (byte) 0xff, (byte) 0xff, (byte) 0xff, 15})),
                        DeadLetterReason.UNDECODABLE),
                Arguments.of("unknown schema id", bytes(good -> with(good, 1, 0x7f)), DeadLetterReason.UNKNOWN_SCHEMA),
                // The id begins at byte 6; this byte cannot begin a character.
                Arguments.of(
                        "an id that is no UTF-8", bytes(good -> with(good, 6, 0xff)), DeadLetterReason.INVALID_ID));
    }

    @Test
    void shouldHoldAnotherTopicsRecord() {
        admission.publishRaw(KEY, admission.encodedLink("acct_1", "cust-1"), new RecordHeaders());

        assertThat(admission.deadLetters())
                .singleElement()
                .extracting(DeadLetter::getReason)
                .isEqualTo("UNKNOWN_SCHEMA");
    }

    @Test
    void shouldNotLoseOrStumbleOverRandomBytes() {
        Random random = new Random(42);
        byte[] good = admission.encode("usage.events", Events.event("req-random"));
        for (int i = 0; i < 300; i++) {
            byte[] value = i % 2 == 0 ? good.clone() : new byte[random.nextInt(200)];
            if (i % 2 == 0) {
                value[5 + random.nextInt(value.length - 5)] = (byte) random.nextInt(256);
            } else {
                random.nextBytes(value);
            }
            Map<String, Long> before = admission.ledger();
            admission.publishRaw(i % 3 == 0 ? null : KEY, value, new RecordHeaders());

            Map<String, Long> after = admission.ledger(); // checks the balance
            assertThat(after.get("received")).as("value %d", i).isEqualTo(before.get("received") + 1);
        }
    }

    @Test
    void shouldHaveARowForEveryReasonOfValidation() {
        List<String> rows = Stream.concat(
                        shouldHold().map(row -> row.get()[1].toString()),
                        shouldHoldBytes().map(row -> row.get()[2].toString()))
                .distinct()
                .toList();

        assertThat(rows)
                .contains("UNDECODABLE", "UNKNOWN_SCHEMA", "TOO_LARGE", "TOO_OLD", "IN_FUTURE")
                .containsAll(Arrays.stream(DeadLetterReason.values())
                        .map(Enum::name)
                        .filter(name -> name.startsWith("INVALID_"))
                        .toList());
    }

    private static UnaryOperator<byte[]> bytes(UnaryOperator<byte[]> change) {
        return change;
    }

    private static byte[] with(byte[] bytes, int index, int value) {
        bytes[index] = (byte) value;
        return bytes;
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static Arguments row(String rule, DeadLetterReason reason, String field, Consumer<UsageEvent> change) {
        return Arguments.of(rule, reason, field, change);
    }

    private static Arguments json(String rule, String text) {
        return row(rule, DeadLetterReason.INVALID_DATA, "data.k", e -> e.setData(datum("k", new JsonValue(text))));
    }

    private static Arguments costRow(String rule, DeadLetterReason reason, String field, Consumer<Cost> change) {
        return row(
                rule,
                reason,
                "costs[0]." + field,
                e -> change.accept(e.getCosts().get(0)));
    }

    private static Map<String, Object> datum(String key, Object value) {
        return new HashMap<>(Map.of(key, value));
    }

    private static Map<String, Object> numbered(int entries, Object value) {
        Map<String, Object> data = new HashMap<>();
        IntStream.range(0, entries).forEach(i -> data.put("k" + i, value));
        return data;
    }

    private static Map<String, String> metadata(int entries) {
        Map<String, String> metadata = new HashMap<>();
        IntStream.range(0, entries).forEach(i -> metadata.put("k" + i, "v"));
        return metadata;
    }
}
