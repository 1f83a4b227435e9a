package io.usageflow.schema.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExactDecimalTest {
    @ParameterizedTest
    @CsvSource({
        "0.0016150000000000001, 18, 0.001615000000000000",
        "3.4500000000000005e-05, 18, 0.000034500000000000",
        "0.5, 0, 0",
        "1.5, 0, 2",
        "2.5, 0, 2",
        "0.125, 2, 0.12",
        "0.135, 2, 0.14",
        "-0.125, 2, -0.12",
        "5E-19, 18, 0E-18",
        "5.1E-19, 18, 0.000000000000000001",
        "9.99999999999999999951, 18, 10.000000000000000000",
    })
    void shouldRoundHalfToEven(BigDecimal value, int digits, BigDecimal rounded) {
        assertThat(ExactDecimal.round(value, digits)).isEqualTo(rounded);
    }

    @Test
    void shouldLeaveAloneWhatHasNoMoreDigits() {
        BigDecimal value = new BigDecimal("0.0161");

        assertThat(ExactDecimal.round(value, 4)).isSameAs(value);
        assertThat(ExactDecimal.round(new BigDecimal("1E+400"), 0)).isEqualTo(new BigDecimal("1E+400"));
    }

    @Test
    void shouldRoundWildExponentsAtOnce() {
        assertThat(ExactDecimal.round(new BigDecimal(BigInteger.ONE, Integer.MAX_VALUE), 18))
                .isZero();
    }

    @Test
    void shouldRefuseMoreDigitsThanAmountsHave() {
        assertThatThrownBy(() -> ExactDecimal.round(BigDecimal.ONE, 19)).hasMessageContaining("0 to 18 digits");
        assertThatThrownBy(() -> ExactDecimal.round(BigDecimal.ONE, -1)).hasMessageContaining("0 to 18 digits");
    }
}
