package io.usageflow.forwarder.publish.line;

import io.usageflow.schema.rule.ExactDecimal;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Rounds the amounts of one line if requested, and records the differences. Not thread-safe. */
public final class AmountRounding {
    private final OptionalInt digits;
    private final List<Rounded> rounded = new ArrayList<>();

    /** @param digits after the point, 0 to {@value ExactDecimal#SCALE}; amounts stay exact if empty */
    AmountRounding(OptionalInt digits) {
        this.digits = digits;
    }

    /**
     * An amount that was rounded.
     *
     * @param difference the rounded amount minus the given one
     */
    public record Rounded(String currency, BigDecimal difference) {}

    BigDecimal of(BigDecimal amount, String currency) {
        if (digits.isEmpty()) {
            return amount;
        }
        BigDecimal kept = ExactDecimal.round(amount, digits.getAsInt());
        // The same number with fewer zeros is unchanged.
        if (kept.compareTo(amount) != 0) {
            rounded.add(new Rounded(currency, kept.subtract(amount)));
        }
        return kept;
    }

    List<Rounded> rounded() {
        return rounded;
    }
}
