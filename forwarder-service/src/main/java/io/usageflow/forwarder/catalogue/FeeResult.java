package io.usageflow.forwarder.catalogue;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the fees of an event compare with its prices.
 *
 * @param detail one sentence for people; empty if the fees are as expected
 * @param differences single fees that differ
 * @param excess what was charged too much, by asset, negative if too little; empty if it is not certain to the last
 *     digit
 */
public record FeeResult(
        Kind kind, String detail, List<FeeDifference> differences, Optional<Map<String, BigDecimal>> excess) {
    public FeeResult {
        differences = List.copyOf(differences);
        excess = excess.map(Map::copyOf);
    }

    static FeeResult asExpected() {
        return new FeeResult(Kind.AS_EXPECTED, "", List.of(), Optional.empty());
    }

    static FeeResult without(Kind kind, String detail) {
        return new FeeResult(kind, detail, List.of(), Optional.empty());
    }

    /** Closed; from the gravest on, after the two that are none. */
    public enum Kind {
        AS_EXPECTED,
        /** Credyt does not show enough to tell. */
        UNJUDGED,
        /** No fee at all. */
        UNBILLED,
        /** A fee was charged more than once. */
        FEES_DOUBLE,
        /** Another version of the product charged than the one that the customer has subscribed to. */
        WRONG_VERSION,
        /** A price that should have charged the event did not. */
        FEES_MISSING,
        /** Amounts differ by more than rounding explains. */
        FEES_DIFFER
    }

    /**
     * One fee that differs.
     *
     * @param field such as {@code fees[0].amount}
     * @param expected by the catalogue; {@code -} if nothing is
     * @param charged by Credyt; {@code -} if nothing was
     */
    public record FeeDifference(String field, String expected, String charged) {
        static final String NONE = "-";
    }
}
