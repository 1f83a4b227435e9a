package io.usageflow.forwarder.publish.line;

import io.usageflow.schema.rule.ExactDecimal;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Rounds the amounts of costs if requested, and records the differences. Immutable. */
public final class AmountRounding {
    public static final AmountRounding NONE = new AmountRounding(OptionalInt.empty());

    private final OptionalInt digits;

    private AmountRounding(OptionalInt digits) {
        this.digits = digits;
    }

    /**
     * Rounds amounts to this many digits.
     *
     * @param digits after the point, 0 to {@value ExactDecimal#SCALE}
     */
    public static AmountRounding to(int digits) {
        return new AmountRounding(OptionalInt.of(digits));
    }

    /**
     * An amount that was rounded.
     *
     * @param difference the rounded amount minus the given one
     */
    public record Rounded(String currency, BigDecimal difference) {}

    public OfLine ofLine() {
        return new OfLine();
    }

    /** The amounts of one line. Not thread-safe. */
    public final class OfLine {
        private final List<Rounded> rounded = new ArrayList<>();

        public BigDecimal of(BigDecimal amount, String currency) {
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

        public List<Rounded> rounded() {
            return List.copyOf(rounded);
        }
    }
}
