package io.usageflow.forwarder.credyt;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.usageflow.schema.Cost;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.serde.AvroSerdes;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

class EventJsonProperties {
    private static final Map<String, String> SERDE = Map.of("schema.registry.url", "mock://event-json");
    private static final Serializer<UsageEvent> WRITER = AvroSerdes.valueSerializer(SERDE);
    private static final Deserializer<UsageEvent> READER = AvroSerdes.valueDeserializer(SERDE, UsageEvent.class);
    private static final BigInteger DIGITS_38 = BigInteger.TEN.pow(38).subtract(BigInteger.ONE);
    private static final ObjectMapper EXACT = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final Pattern PLAIN = Pattern.compile("-?(0|[1-9]\\d*)(\\.\\d*[1-9])?");

    /** As the schema has them: decimal(38, 18), zeros at the end included. */
    @Provide
    Arbitrary<BigDecimal> amounts() {
        Arbitrary<BigInteger> any = Arbitraries.bigIntegers().between(DIGITS_38.negate(), DIGITS_38);
        Arbitrary<BigInteger> round = Combinators.combine(
                        Arbitraries.bigIntegers().between(BigInteger.valueOf(-99_999), BigInteger.valueOf(99_999)),
                        Arbitraries.integers().between(0, 32))
                .as((digits, zeros) -> digits.multiply(BigInteger.TEN.pow(zeros)));
        return Arbitraries.oneOf(any, round).map(unscaled -> new BigDecimal(unscaled, 18));
    }

    @Provide
    Arbitrary<Map<String, Object>> data() {
        Arbitrary<Object> values = Arbitraries.oneOf(
                amounts().map(Object.class::cast),
                Arbitraries.longs().map(Object.class::cast),
                Arbitraries.of(true, false).map(Object.class::cast),
                Arbitraries.strings().map(EventJsonProperties::wellFormed));
        return Arbitraries.maps(Arbitraries.strings().alpha().numeric().ofMaxLength(12), values)
                .ofMaxSize(12);
    }

    /** What Avro can carry: without half surrogates. */
    private static Object wellFormed(String text) {
        return text.codePoints()
                .filter(point -> !(point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE))
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Property(tries = 2_000)
    void writesEveryAmountPlainAndExact(@ForAll("amounts") BigDecimal amount) throws IOException {
        byte[] json = encode(event(Map.of("n", amount), List.of(cost(amount))));

        String text = new String(json, java.nio.charset.StandardCharsets.UTF_8);
        String written = text.substring(text.indexOf("\"amount\":") + 9, text.indexOf(",\"currency\""));
        assertThat(written).matches(PLAIN);
        assertThat(new BigDecimal(written)).isEqualByComparingTo(amount);
        assertThat(text).contains("\"data\":{\"n\":" + written + "}");
        JsonNode read = EXACT.readTree(json).path("costs").get(0).path("amount");
        assertThat(read.decimalValue()).isEqualByComparingTo(amount);
    }

    @Property(tries = 1_000)
    void writesTheSameBytesFromARecordThatWasReadAgainAndInAnyMapOrder(
            @ForAll("data") Map<String, Object> data, @ForAll("amounts") BigDecimal amount) {
        UsageEvent event = event(data, List.of(cost(amount)));
        byte[] first = encode(event);

        assertThat(encode(event)).as("a retry").isEqualTo(first);
        byte[] published = WRITER.serialize("usage.events", event);
        UsageEvent readAgain = READER.deserialize("usage.events", published);
        assertThat(encode(readAgain)).as("a restart").isEqualTo(first);
        assertThat(encode(READER.deserialize("usage.events", WRITER.serialize("usage.events", readAgain))))
                .as("a replay")
                .isEqualTo(first);
        Map<String, Object> reversed = new LinkedHashMap<>();
        List<String> keys = new ArrayList<>(data.keySet());
        for (int i = keys.size() - 1; i >= 0; i--) {
            reversed.put(keys.get(i), data.get(keys.get(i)));
        }
        assertThat(encode(event(reversed, List.of(cost(amount)))))
                .as("another map")
                .isEqualTo(first);
    }

    private static Cost cost(BigDecimal amount) {
        return Cost.newBuilder()
                .setVendor("openai")
                .setAmount(amount)
                .setCurrency("USD")
                .setMetadata(Map.of())
                .build();
    }

    private static UsageEvent event(Map<String, Object> data, List<Cost> costs) {
        return UsageEvent.newBuilder()
                .setId("req-1")
                .setEventType("message_completed")
                .setOccurredAt(Instant.parse("2026-11-23T10:00:00.123456Z"))
                .setAccountId("acct_1")
                .setData(data)
                .setCosts(costs)
                .build();
    }

    private static byte[] encode(UsageEvent event) {
        var reference = new CredytReference(ReferenceKind.EXTERNAL_ID, "acct_1", null);
        var deliverable = DeliverableEvent.newBuilder()
                .setEventId(event.getId())
                .setAccountId("acct_1")
                .setCredytEventId(new UUID(1, 2).toString())
                .setCustomer(reference)
                .setVendors(Map.of("openai", reference))
                .setSource(new SourceCoordinates("usage.events", 0, 0L, Instant.EPOCH, null))
                .setAdmittedAt(Instant.EPOCH)
                .setEvent(ByteBuffer.allocate(0))
                .build();
        byte[] json = EventJson.event(deliverable, event);
        assertThat(EventJsonReader.flaw(json, deliverable.getCredytEventId())).isEmpty();
        return json;
    }
}
