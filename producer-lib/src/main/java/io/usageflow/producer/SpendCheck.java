package io.usageflow.producer;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether a balance suffices. Immutable.
 *
 * @param left estimate of what is left of the asset, exact in itself; may be negative; empty if not known
 * @param age since Credyt was asked for the wallet, by this machine's and the forwarder's clock; empty if it was not
 * @param why for a log; never an account's name
 */
public record SpendCheck(Decision decision, Optional<BigDecimal> left, Optional<Duration> age, String why) {
    /** What is known of the balance. */
    public enum Decision {
        /** The balance suffices. */
        ALLOWED,
        /** The balance does not suffice. */
        REFUSED,
        /** No balance of the account is known, or it is older than {@code balances.max.age.ms}. */
        UNKNOWN
    }

    /** As a boolean. */
    public boolean isAllowed(WhenUnknown whenUnknown) {
        return decision == Decision.ALLOWED || (decision == Decision.UNKNOWN && whenUnknown == WhenUnknown.ALLOW);
    }
}
