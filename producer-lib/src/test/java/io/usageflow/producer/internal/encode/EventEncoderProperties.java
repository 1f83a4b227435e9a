package io.usageflow.producer.internal.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.producer.internal.transport.Transport.TopicKind;
import io.usageflow.schema.Cost;
import io.usageflow.schema.JsonValue;
import io.usageflow.schema.Source;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.serde.AvroSerdes;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;

/** The short way writes the bytes of the long one. */
class EventEncoderProperties {
    private static final Map<String, String> REGISTRY = Map.of("schema.registry.url", "mock://event-encoder");

    private static final BigInteger DIGITS_18 = BigInteger.TEN.pow(18).subtract(BigInteger.ONE);

    private final Serializer<SpecificRecord> longWay = AvroSerdes.valueSerializer(REGISTRY);
    private final Serializer<SpecificRecord> shortWay = EventEncoder.over(AvroSerdes.valueSerializer(REGISTRY));

    @Property(tries = 300)
    void shouldWriteTheBytesThatAvroWrites(@ForAll("events") UsageEvent event) {
        shortWay.serialize("t", TopicKind.EVENTS.probe());

        assertThat(shortWay.serialize("t", event)).isEqualTo(longWay.serialize("t", event));
    }

    @Example
    void shouldWriteDecimalsUpToTheirBounds() {
        shortWay.serialize("t", TopicKind.EVENTS.probe());
        for (String unscaled : List.of(
                "9".repeat(38), "-" + "9".repeat(38), BigInteger.TWO.pow(126).toString(), "0", "-1", "127", "128")) {
            for (int scale : List.of(18, 2, 0, -3)) {
                UsageEvent event = event(Map.of("d", new BigDecimal(new BigInteger(unscaled), scale)));
                byte[] expected;
                try {
                    expected = longWay.serialize("t", event);
                } catch (SerializationException e) {
                    assertThatThrownBy(() -> shortWay.serialize("t", event))
                            .isInstanceOf(SerializationException.class)
                            .hasMessage(e.getMessage());
                    continue;
                }
                assertThat(shortWay.serialize("t", event))
                        .as("%s E-%s", unscaled, scale)
                        .isEqualTo(expected);
            }
        }
    }

    @Example
    void shouldLeaveWhatIsNoEventOfTheSchemaToAvro() {
        shortWay.serialize("t", TopicKind.EVENTS.probe());
        UsageEvent broken = event(Map.of("d", 1.5f));

        assertThatThrownBy(() -> shortWay.serialize("t", broken)).isInstanceOf(SerializationException.class);
        assertThat(shortWay.serialize("t", TopicKind.EVENTS.probe()))
                .isEqualTo(longWay.serialize("t", TopicKind.EVENTS.probe()));
        assertThat(shortWay.serialize("t", null)).isNull();
        SpecificRecord link = TopicKind.CUSTOMER_LINKS.probe();
        assertThat(shortWay.serialize("links", link)).isEqualTo(longWay.serialize("links", link));
    }

    @Example
    void shouldLeaveAnotherSerializerAlone() {
        Serializer<SpecificRecord> theirs = (topic, value) -> new byte[] {1};

        assertThat(EventEncoder.over(theirs)).isSameAs(theirs);
    }

    @Provide
    Arbitrary<UsageEvent> events() {
        Arbitrary<String> text = Arbitraries.strings()
                .all()
                .excludeChars('\ud800')
                .ofMaxLength(20)
                .map(t -> new String(
                        t.getBytes(java.nio.charset.StandardCharsets.UTF_8), java.nio.charset.StandardCharsets.UTF_8));
        Arbitrary<String> optional = text.injectNull(0.4);
        Arbitrary<BigDecimal> decimal = Combinators.combine(
                        Arbitraries.bigIntegers().between(DIGITS_18.negate(), DIGITS_18),
                        Arbitraries.integers().between(-2, 18))
                .as(BigDecimal::new);
        Arbitrary<Object> value = Arbitraries.oneOf(
                        text.asGeneric(),
                        Arbitraries.longs().asGeneric(),
                        Arbitraries.of(true, false).asGeneric(),
                        decimal.asGeneric(),
                        text.map(JsonValue::new).asGeneric())
                .injectNull(0.1);
        Arbitrary<Cost> cost = Combinators.combine(
                        optional,
                        text,
                        optional,
                        decimal,
                        text,
                        Arbitraries.maps(text, text).ofMaxSize(3))
                .as(Cost::new);
        Arbitrary<Instant> time = Arbitraries.longs()
                .between(-62_135_596_800L, 253_402_300_799L)
                .map(second -> Instant.ofEpochSecond(second, Math.floorMod(second * 7_919, 1_000_000_000L)));
        Arbitrary<Source> source = Combinators.combine(optional, optional, optional)
                .as(Source::new)
                .injectNull(0.2);
        return Combinators.combine(
                        text.list().ofSize(3),
                        optional.list().ofSize(4),
                        time,
                        Arbitraries.maps(text, value).ofMaxSize(6),
                        cost.list().ofMaxSize(3),
                        source)
                .as((names, more, at, data, costs, from) -> new UsageEvent(
                        names.get(0),
                        names.get(1),
                        at,
                        names.get(2),
                        more.get(0),
                        more.get(1),
                        more.get(2),
                        more.get(3),
                        data,
                        costs,
                        from));
    }

    private static UsageEvent event(Map<String, Object> data) {
        return new UsageEvent(
                "id", "t", Instant.EPOCH, "acct", null, null, null, null, new HashMap<>(data), List.of(), null);
    }
}
