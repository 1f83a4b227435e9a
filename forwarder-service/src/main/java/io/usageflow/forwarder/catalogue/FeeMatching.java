package io.usageflow.forwarder.catalogue;

import io.usageflow.forwarder.catalogue.BillingForecast.ExpectedFee;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Pairs the fees that were expected with those that were charged.
 *
 * <p>Credyt's rounding is not documented. An amount is as estimated if it differs by less than one unit of its last
 * digit and less than the smallest unit of its currency, or by less than 10<sup>-12</sup> of the estimate, which is
 * binary noise.
 *
 * @param missing expected and not charged
 * @param extra charged and not expected
 */
record FeeMatching(List<ExpectedFee> missing, List<ChargedFee> extra) {
    private static final int NOISE_DIGITS = 12;

    private static final Map<String, Integer> CURRENCY_DIGITS = Currency.getAvailableCurrencies().stream()
            .collect(Collectors.toUnmodifiableMap(
                    Currency::getCurrencyCode, currency -> Math.max(0, currency.getDefaultFractionDigits())));

    static FeeMatching of(List<ExpectedFee> expected, List<ChargedFee> charged) {
        List<ExpectedFee> missing = new ArrayList<>();
        List<ChargedFee> extra = new ArrayList<>(charged);
        for (ExpectedFee price : expected) {
            Optional<ChargedFee> fee = extra.stream()
                    .filter(one -> isSame(price, one))
                    .min(Comparator.comparing(one -> distance(price, one)));
            if (fee.isPresent()) {
                extra.remove(fee.get());
            } else {
                missing.add(price);
            }
        }
        // Whether Credyt shows a fee of 0 is not documented.
        if (extra.isEmpty()) {
            missing.removeIf(FeeMatching::isZero);
        }
        if (missing.isEmpty()) {
            extra.removeIf(ChargedFee::isZero);
        }
        return new FeeMatching(missing, extra);
    }

    boolean isWhole() {
        return missing.isEmpty() && extra.isEmpty();
    }

    private static BigDecimal distance(ExpectedFee price, ChargedFee fee) {
        BigDecimal amount = fee.amount().orElseThrow();
        return price.amounts().values().stream()
                .map(estimate -> estimate.subtract(amount).abs())
                .min(Comparator.naturalOrder())
                .orElse(amount);
    }

    static boolean isSame(ExpectedFee price, ChargedFee fee) {
        return fee.product().map(price.productCode()::equals).orElse(true)
                && fee.version().map(version -> version == price.version()).orElse(true)
                && price.amounts().entrySet().stream()
                        .anyMatch(estimate -> fee.asset()
                                        .map(estimate.getKey()::equals)
                                        .orElse(true)
                                && isSame(estimate.getValue(), fee.amount().orElseThrow(), estimate.getKey()));
    }

    /** Whether the amount may be the rounded estimate. */
    static boolean isSame(BigDecimal estimate, BigDecimal amount, String asset) {
        BigDecimal unit = BigDecimal.ONE.movePointLeft(Math.max(amount.scale(), digits(asset)));
        BigDecimal noise = estimate.abs().movePointLeft(NOISE_DIGITS);
        return estimate.subtract(amount).abs().compareTo(unit.max(noise)) < 0;
    }

    /** Digits of a currency's smallest unit; 0 for other assets, whose precision the catalogue does not show. */
    static int digits(String asset) {
        return CURRENCY_DIGITS.getOrDefault(asset, 0);
    }

    static boolean isZero(ExpectedFee fee) {
        return fee.amounts().values().stream().allMatch(amount -> amount.signum() == 0);
    }
}
