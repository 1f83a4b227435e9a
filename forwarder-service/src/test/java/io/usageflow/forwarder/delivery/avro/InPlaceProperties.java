package io.usageflow.forwarder.delivery.avro;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.forwarder.credyt.EventJson;
import io.usageflow.forwarder.delivery.avro.DeliverableLayout.UnsupportedBytesException;
import io.usageflow.forwarder.delivery.avro.ReceiptBytes.Facts;
import io.usageflow.forwarder.delivery.avro.ReceiptBytes.Proof;
import io.usageflow.schema.Cost;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.JsonValue;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.Source;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.serde.AvroSerdes;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/** Whatever is read or written in place has the very bytes that the generated classes and EventJson give; the rest is left to them. */
class InPlaceProperties {
    private static final Map<String, String> SERDE = Map.of("schema.registry.url", "mock://in-place");
    private static final Serializer<UsageEvent> EVENTS = AvroSerdes.valueSerializer(SERDE);
    private static final Serializer<DeliverableEvent> DELIVERABLES = AvroSerdes.valueSerializer(SERDE);
    private static final Serializer<Receipt> RECEIPTS = AvroSerdes.valueSerializer(SERDE);
    private static final Deserializer<UsageEvent> EVENT_READER = AvroSerdes.valueDeserializer(SERDE, UsageEvent.class);
    private static final Deserializer<DeliverableEvent> READER =
            AvroSerdes.valueDeserializer(SERDE, DeliverableEvent.class);
    private static final BigInteger DIGITS_38 = BigInteger.TEN.pow(38).subtract(BigInteger.ONE);
    private static final long MICROS_OF_YEAR_10_000 = 253_402_300_800_000_000L;
    private static final AtomicInteger TAKEN = new AtomicInteger();
    private static final AtomicInteger LEFT = new AtomicInteger();

    private final DeliverableLayout layout = new DeliverableLayout();
    private final EventTranscript transcript = new EventTranscript();

    @Property(tries = 3_000)
    void theTranscriptIsWhatEventJsonMakesOfTheDecodedRecords(@ForAll("records") DeliverableEvent deliverable) {
        byte[] value = DELIVERABLES.serialize("usage.deliverable", deliverable);

        Optional<byte[]> inPlace = transcribed(value);

        inPlace.ifPresentOrElse(json -> TAKEN.incrementAndGet(), LEFT::incrementAndGet);
        inPlace.ifPresent(json -> assertThat(new String(json, UTF_8)).isEqualTo(decoded(value)));
    }

    /** The property above says nothing where nothing is taken. */
    @AfterContainer
    static void bothWaysWereGone() {
        assertThat(TAKEN.get()).isGreaterThan(500);
        assertThat(LEFT.get()).isGreaterThan(100);
    }

    @Property(tries = 3_000)
    void whatTheGeneratedClassesRefuseIsLeftToThem(
            @ForAll("records") DeliverableEvent deliverable, @ForAll int where, @ForAll byte what) {
        byte[] value = DELIVERABLES.serialize("usage.deliverable", deliverable);
        int body = value.length - 5;
        value[5 + Math.floorMod(where, body)] = what;

        transcribed(value).ifPresent(json -> assertThat(new String(json, UTF_8)).isEqualTo(decoded(value)));
    }

    @Property(tries = 500)
    void nothingIsReadBeyondTheEnd(@ForAll("records") DeliverableEvent deliverable, @ForAll int where) {
        byte[] value = DELIVERABLES.serialize("usage.deliverable", deliverable);
        byte[] cut = Arrays.copyOf(value, 5 + Math.floorMod(where, value.length - 5));

        assertThatThrownBy(() -> layout.of(cut)).isInstanceOf(UnsupportedBytesException.class);
    }

    @Property(tries = 2_000)
    void theReceiptIsWhatTheGeneratedClassWrites(
            @ForAll("records") DeliverableEvent deliverable, @ForAll("facts") Facts facts) {
        byte[] value = DELIVERABLES.serialize("usage.deliverable", deliverable);
        byte[] expected = RECEIPTS.serialize("usage.receipts", receipt(deliverable, facts));
        try {
            byte[] written = new ReceiptBytes(expected).of(layout.of(value), facts);
            assertThat(written).isEqualTo(expected);
        } catch (UnsupportedBytesException left) {
            assertThat(deliverable.getCustomer().getValue() + deliverable.getAccountId())
                    .matches(text -> text.chars().anyMatch(c -> c > 127));
        }
    }

    @Example
    void anOrdinaryEventIsTaken() {
        byte[] value = DELIVERABLES.serialize(
                "usage.deliverable",
                deliverable(event(Map.of("tokens", 5L), "ask", "a").build()).build());

        assertThat(transcribed(value)).isPresent();
    }

    private Optional<byte[]> transcribed(byte[] value) {
        try {
            layout.of(value);
            if (!AvroSerdes.isPlain(EVENT_READER, value, layout.eventAt(), value.length)) {
                return Optional.empty();
            }
            return Optional.of(transcript.json(layout));
        } catch (UnsupportedBytesException left) {
            return Optional.empty();
        }
    }

    private static String decoded(byte[] value) {
        DeliverableEvent deliverable = READER.deserialize("usage.deliverable", value);
        byte[] event = new byte[deliverable.getEvent().remaining()];
        deliverable.getEvent().duplicate().get(event);
        try {
            return new String(EventJson.event(deliverable, EVENT_READER.deserialize("usage.events", event)), UTF_8);
        } catch (SerializationException refused) {
            throw new AssertionError("taken in place, and refused by the generated class", refused);
        }
    }

    private static Receipt receipt(DeliverableEvent deliverable, Facts facts) {
        return Receipt.newBuilder()
                .setEventId(deliverable.getEventId())
                .setAccountId(deliverable.getAccountId())
                .setCredytEventId(deliverable.getCredytEventId())
                .setCustomer(deliverable.getCustomer())
                .setOutcome(facts.proof() == Proof.ACCEPTED ? "ACCEPTED" : "ALREADY_KNOWN")
                .setHttpStatus(facts.httpStatus())
                .setAttempts(facts.attempts())
                .setAcceptedAt(Instant.ofEpochMilli(facts.acceptedAt()))
                .setSource(deliverable.getSource())
                .setDeliverablePartition(facts.deliverable().partition())
                .setDeliverableOffset(facts.deliverable().offset())
                .setDeliverableTopicId(facts.deliverable().topicId())
                .setProof(facts.proof() == Proof.LOOKUP ? "LOOKUP" : "ANSWER")
                .build();
    }

    @Provide
    Arbitrary<Facts> facts() {
        return Combinators.combine(
                        Arbitraries.of(Proof.values()),
                        Arbitraries.integers().between(0, 999),
                        Arbitraries.integers(),
                        Arbitraries.longs().between(-1_000_000_000_000L, 10_000_000_000_000L),
                        Combinators.combine(Arbitraries.integers().greaterOrEqual(0), Arbitraries.longs(), topicId())
                                .as(ReceiptBytes.Deliverable::new))
                .as(Facts::new);
    }

    private static Arbitrary<String> topicId() {
        return Arbitraries.of("3vQ8mXWcTbqN0x-_aZ0b1A", "x").injectNull(0.3);
    }

    /** Mostly plain text; some that JSON escapes, and some beyond ASCII. */
    private static Arbitrary<String> text() {
        Arbitrary<String> plain = Arbitraries.strings()
                .withCharRange('#', '[')
                .withCharRange(']', '~')
                .ofMaxLength(20);
        return Arbitraries.frequencyOf(
                Tuple.of(60, plain),
                Tuple.of(1, Arbitraries.of("\"", "back\\slash", "\u0001", "line\nline", "\u007f", "über", "𝄞", " ")));
    }

    private static Arbitrary<BigDecimal> amounts() {
        Arbitrary<BigInteger> any = Arbitraries.bigIntegers().between(DIGITS_38.negate(), DIGITS_38);
        Arbitrary<BigInteger> longs = Arbitraries.longs().map(BigInteger::valueOf);
        Arbitrary<BigInteger> round = Combinators.combine(
                        Arbitraries.bigIntegers().between(BigInteger.valueOf(-99_999), BigInteger.valueOf(99_999)),
                        Arbitraries.integers().between(0, 32))
                .as((digits, zeros) -> digits.multiply(BigInteger.TEN.pow(zeros)));
        return Arbitraries.oneOf(any, longs, round).map(unscaled -> new BigDecimal(unscaled, 18));
    }

    private static Arbitrary<Object> scalars() {
        return Arbitraries.frequencyOf(
                Tuple.of(10, amounts().map(Object.class::cast)),
                Tuple.of(10, Arbitraries.longs().map(Object.class::cast)),
                Tuple.of(5, Arbitraries.of(true, false).map(Object.class::cast)),
                Tuple.of(20, text().map(Object.class::cast)),
                Tuple.of(1, Arbitraries.just((Object) new JsonValue("{\"n\": [1.10]} "))));
    }

    private static Arbitrary<Cost> costs() {
        return Combinators.combine(
                        Arbitraries.of("openai", "azure"),
                        amounts(),
                        text(),
                        Arbitraries.oneOf(text(), Arbitraries.of(new UUID(5, 6).toString()))
                                .injectNull(0.5),
                        text().injectNull(0.5),
                        Arbitraries.maps(text(), text()).ofMaxSize(3))
                .as((vendor, amount, currency, id, description, metadata) -> Cost.newBuilder()
                        .setVendor(vendor)
                        .setAmount(amount)
                        .setCurrency(currency)
                        .setId(id)
                        .setDescription(description)
                        .setMetadata(metadata)
                        .build());
    }

    private static Arbitrary<Source> sources() {
        return Combinators.combine(text().injectNull(0.3), text().injectNull(0.3))
                .as((service, version) -> Source.newBuilder()
                        .setService(service)
                        .setLibraryVersion(version)
                        .build());
    }

    private static Arbitrary<UsageEvent> events() {
        Arbitrary<Map<String, Object>> data =
                Arbitraries.maps(text(), scalars().injectNull(0.05)).ofMaxSize(8);
        Arbitrary<Long> micros = Arbitraries.oneOf(
                Arbitraries.longs().between(1_500_000_000_000_000L, 2_000_000_000_000_000L),
                Arbitraries.longs().between(-70_000_000_000_000_000L, MICROS_OF_YEAR_10_000 + 1_000_000));
        return Combinators.combine(
                        text(),
                        micros,
                        text().injectNull(0.5),
                        text().injectNull(0.5),
                        data,
                        costs().list().ofMaxSize(3),
                        sources().injectNull(0.5))
                .as((type, at, subject, description, values, costs, source) -> event(values, type, subject)
                        .setOccurredAt(Instant.EPOCH
                                .plusNanos(at * 1000 % 1_000_000_000)
                                .plusSeconds(at / 1_000_000))
                        .setDescription(description)
                        .setCosts(costs)
                        .setSource(source)
                        .build());
    }

    private static UsageEvent.Builder event(Map<String, Object> data, String type, String subject) {
        return UsageEvent.newBuilder()
                .setId("req-1")
                .setEventType(type)
                .setOccurredAt(Instant.parse("2026-11-23T10:00:00.123456Z"))
                .setAccountId("acct_1")
                .setSubject(subject)
                .setData(data)
                .setCosts(List.of());
    }

    @Provide
    Arbitrary<DeliverableEvent> records() {
        return Combinators.combine(
                        events(),
                        text(),
                        text(),
                        Arbitraries.of(ReferenceKind.values()),
                        Arbitraries.longs().map(id -> new UUID(id, ~id).toString()),
                        text().injectNull(0.8),
                        Arbitraries.longs().greaterOrEqual(0))
                .as((event, account, customer, kind, id, replayOf, offset) -> deliverable(event)
                        .setAccountId(account)
                        .setCustomer(new CredytReference(kind, customer))
                        .setCredytEventId(id)
                        .setReplayOf(replayOf)
                        .setSource(new SourceCoordinates(
                                "usage.events",
                                3,
                                offset,
                                Instant.ofEpochMilli(offset % 10_000_000),
                                offset % 2 == 0 ? null : "3vQ8mXWcTbqN0x-_aZ0b1A"))
                        .build());
    }

    private static DeliverableEvent.Builder deliverable(UsageEvent event) {
        return DeliverableEvent.newBuilder()
                .setEventId(event.getId())
                .setAccountId("acct_1")
                .setCredytEventId(new UUID(1, 2).toString())
                .setCustomer(new CredytReference(ReferenceKind.EXTERNAL_ID, "acct_1"))
                .setVendors(Map.of(
                        "openai", new CredytReference(ReferenceKind.EXTERNAL_ID, "openai-ext"),
                        "azure", new CredytReference(ReferenceKind.CREDYT_ID, "vnd_1")))
                .setSource(new SourceCoordinates("usage.events", 0, 0L, Instant.EPOCH, null))
                .setAdmittedAt(Instant.EPOCH)
                .setEvent(ByteBuffer.wrap(EVENTS.serialize("usage.events", event)));
    }
}
