package io.usageflow.forwarder.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.schema.JsonValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class DataTextProperties {
    /** Old and new value of a fix are texts: none of two different values may look like another. */
    @Property
    void shouldReadBackWhatItWrites(@ForAll("values") Object value) {
        Object read = DataText.read(DataText.write(value));

        if (value instanceof BigDecimal decimal) {
            assertThat(new BigDecimal(read.toString())).isEqualByComparingTo(decimal);
        } else {
            assertThat(read).isEqualTo(value);
        }
    }

    @Provide
    Arbitrary<Object> values() {
        return Arbitraries.oneOf(
                Arbitraries.strings().map(text -> text),
                Arbitraries.strings().withChars("0123456789-.\"{[nulltrefas").map(text -> text),
                Arbitraries.longs().map(number -> number),
                Arbitraries.of(true, false).map(truth -> truth),
                Arbitraries.of("{\"a\": 1}", "[ 1, 2 ]").map(JsonValue::new),
                Arbitraries.bigIntegers()
                        .between(BigInteger.TEN.pow(37).negate(), BigInteger.TEN.pow(37))
                        .map(digits -> new BigDecimal(digits, 18)));
    }
}
