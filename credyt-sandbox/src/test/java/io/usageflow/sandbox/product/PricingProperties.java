package io.usageflow.sandbox.product;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.json.Decimals;
import io.usageflow.sandbox.json.Json;
import io.usageflow.sandbox.product.Price.AssetTariffs;
import io.usageflow.sandbox.product.Price.Rate;
import io.usageflow.sandbox.product.Price.Tariff;
import io.usageflow.sandbox.product.Price.UsageCalculation;
import io.usageflow.sandbox.product.Price.UsageType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.BigRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Scale;
import net.jqwik.api.constraints.Size;

class PricingProperties {
    private static BigDecimal fee(UsageType type, Rate rate, BigDecimal volume) {
        Price price = new Price(
                null,
                true,
                Optional.of(new UsageCalculation("x", type, "n", List.of())),
                List.of(new AssetTariffs("USD", List.of(new Tariff(Map.of(), List.of(rate))))));
        ObjectNode data = Json.object().put("n", volume);
        return Pricing.fee(null, price, "x", data, field -> {
                    throw new AssertionError("no " + field);
                })
                .orElseThrow()
                .amount();
    }

    @Property
    void feesOfPartsAddUpToTheFeeOfTheWhole(
            @ForAll @Size(min = 1, max = 20) List<@LongRange(min = 0, max = 10_000_000_000L) Long> volumes,
            @ForAll @BigRange(min = "0", max = "1000") @Scale(12) BigDecimal rate,
            @ForAll @IntRange(min = 0, max = 9) int packagePower) {
        Rate perPackage = new Rate(BigDecimal.ZERO, rate, BigDecimal.TEN.pow(packagePower));

        BigDecimal parts = volumes.stream()
                .map(volume -> fee(UsageType.VOLUME, perPackage, BigDecimal.valueOf(volume)))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        long whole = volumes.stream().mapToLong(Long::longValue).sum();

        assertThat(parts).isEqualByComparingTo(fee(UsageType.VOLUME, perPackage, BigDecimal.valueOf(whole)));
    }

    /** Against integer arithmetic, which shares nothing with the code under test. */
    @Property
    void feeIsExact(
            @ForAll @LongRange(min = 0, max = 1_000_000_000_000L) long volume,
            @ForAll @LongRange(min = 0, max = 1_000_000_000L) long rateInBillionths,
            @ForAll @LongRange(min = 0, max = 1_000_000_000L) long unitInBillionths) {
        Rate rate = new Rate(
                BigDecimal.valueOf(unitInBillionths, 9),
                BigDecimal.valueOf(rateInBillionths, 9),
                BigDecimal.valueOf(1_000));

        BigDecimal fee = fee(UsageType.UNIT_AND_VOLUME, rate, BigDecimal.valueOf(volume));

        BigInteger trillionths = BigInteger.valueOf(volume)
                .multiply(BigInteger.valueOf(rateInBillionths))
                .add(BigInteger.valueOf(unitInBillionths).multiply(BigInteger.valueOf(1_000)));
        assertThat(fee.multiply(BigDecimal.TEN.pow(12))).isEqualByComparingTo(new BigDecimal(trillionths));
    }

    @Property
    void quotientTimesDivisorIsTheDividendToTheLastKeptDigit(
            @ForAll @BigRange(min = "-1000000", max = "1000000") @Scale(6) BigDecimal dividend,
            @ForAll @BigRange(min = "0.001", max = "100000") @Scale(3) BigDecimal divisor) {
        BigDecimal quotient = Decimals.quotient(dividend, divisor);

        BigDecimal halfOfTheLastDigit = divisor.multiply(BigDecimal.valueOf(5, Decimals.QUOTIENT_SCALE_MAX + 1));
        assertThat(quotient.multiply(divisor).subtract(dividend).abs()).isLessThanOrEqualTo(halfOfTheLastDigit);
    }
}
