package io.usageflow.producer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.producer.testkit.RecordingUsagePublisher;
import io.usageflow.schema.JsonValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What a producer has is what the other side of Kafka reads, to the last digit. */
class ExactnessProperties {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    @Property
    void shouldKeepAmounts(@ForAll("amounts") BigDecimal amount) {
        var read = published(UsageEvent.of("t").cost(Cost.of("v", amount, "USD")));

        assertThat(read.getCosts().get(0).getAmount()).isEqualByComparingTo(amount);
    }

    @Property
    void shouldKeepDecimalsOfAnyKind(@ForAll("decimals") BigDecimal value) {
        var read = published(UsageEvent.of("t").data("k", value));

        assertThat(number(read.getData().get("k"))).isEqualByComparingTo(value);
    }

    @Property
    void shouldKeepIntegersOfAnyKind(@ForAll BigInteger value) {
        var read = published(UsageEvent.of("t").data("k", value));

        assertThat(number(read.getData().get("k"))).isEqualByComparingTo(new BigDecimal(value));
    }

    @Property
    void shouldKeepDoubles(@ForAll("doubles") double value) {
        var read = published(UsageEvent.of("t").data("k", value));

        assertThat(number(read.getData().get("k")).doubleValue()).isEqualTo(value + 0.0);
    }

    @Property
    void shouldWriteDoublesAsShortAsPossible(@ForAll("doubles") double value) {
        BigDecimal shortest = ShortestDecimal.of(value);
        int digits = shortest.stripTrailingZeros().precision();

        assertThat(shortest.doubleValue()).isEqualTo(value + 0.0);
        // A whole number is written with all its digits: 2^53 - 1 is meant as it stands.
        if (digits > 1 && value != Math.rint(value)) {
            BigDecimal shorter = new BigDecimal(value).round(new java.math.MathContext(digits - 1));
            assertThat(shorter.doubleValue()).isNotEqualTo(value);
        }
    }

    /** Java before 19 writes these with a digit too many. */
    @Example
    @SuppressWarnings("FloatingPointLiteralPrecision") // the digits too many are what is tested
    void shouldNotDependOnTheJavaVersion() {
        assertThat(ShortestDecimal.of(2.0E-3)).isEqualByComparingTo("0.002");
        assertThat(ShortestDecimal.of(2.2E-322).toString()).isEqualTo("2.2E-322");
        assertThat(ShortestDecimal.of(1.0E23)).isEqualByComparingTo("1E23");
        assertThat(ShortestDecimal.of(8.41E21).stripTrailingZeros().toString()).isEqualTo("8.41E+21");
        assertThat(ShortestDecimal.of(2.98023224E-8f)).isEqualByComparingTo("2.9802322E-8");
    }

    @Property
    void shouldKeepFloats(@ForAll float value) {
        assertThat(ShortestDecimal.of(value).floatValue()).isEqualTo(value + 0.0f);
    }

    @Property
    void shouldKeepTexts(@ForAll("texts") String value) {
        var read = published(UsageEvent.of("t").data("k", value));

        assertThat(read.getData().get("k")).isEqualTo(value);
    }

    @Property
    void shouldKeepNestedValues(
            @ForAll("texts") String text, @ForAll("decimals") BigDecimal number, @ForAll boolean truth)
            throws Exception {
        Map<String, Object> nested = new HashMap<>();
        nested.put("text", text);
        nested.put("list", List.of(number, truth));
        nested.put("nothing", null);

        var read = published(UsageEvent.of("t").data("k", nested));

        JsonNode json = JSON.readTree(((JsonValue) read.getData().get("k")).getJson());
        assertThat(json.get("text").textValue()).isEqualTo(text);
        assertThat(json.get("list").get(0).decimalValue()).isEqualByComparingTo(number);
        assertThat(json.get("list").get(1).booleanValue()).isEqualTo(truth);
        assertThat(json.get("nothing").isNull()).isTrue();
    }

    @Provide
    Arbitrary<BigDecimal> amounts() {
        return Arbitraries.bigDecimals()
                .between(BigDecimal.ZERO, new BigDecimal("9".repeat(20)))
                .ofScale(18);
    }

    @Provide
    Arbitrary<BigDecimal> decimals() {
        Arbitrary<BigInteger> digits =
                Arbitraries.bigIntegers().between(BigInteger.TEN.pow(60).negate(), BigInteger.TEN.pow(60));
        return digits.flatMap(d -> Arbitraries.integers().between(-300, 300).map(scale -> new BigDecimal(d, scale)));
    }

    @Provide
    Arbitrary<Double> doubles() {
        Arbitrary<Double> anyBits =
                Arbitraries.longs().map(Double::longBitsToDouble).filter(Double::isFinite);
        return Arbitraries.oneOf(
                anyBits, Arbitraries.doubles().between(-1e6, 1e6).ofScale(6));
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings()
                .withCharRange('\u0001', '\uD7FF')
                .withCharRange('\uE000', '\uFFFF')
                .ofMaxLength(200);
    }

    private static BigDecimal number(Object value) {
        return new BigDecimal(value instanceof JsonValue json ? json.getJson() : value.toString());
    }

    private static io.usageflow.schema.UsageEvent published(UsageEvent event) {
        RecordingUsagePublisher publisher = new RecordingUsagePublisher();
        assertThat(publisher.publish(event.account("acct"))).isCompleted();
        return publisher.events().get(0);
    }
}
