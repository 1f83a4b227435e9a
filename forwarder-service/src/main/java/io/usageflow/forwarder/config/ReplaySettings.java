package io.usageflow.forwarder.config;

import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * What is replayed without being asked. Immutable.
 *
 * @param blockedEvery how long after a customer's last failure its blocked events are tried again; empty for never
 */
public record ReplaySettings(Optional<Duration> blockedEvery) {
    public static final String BLOCKED_EVERY = "replay.blocked.every";

    static void define(ConfigDef def) {
        KeyGroup.of(def, "Replay")
                .durationOrOff(BLOCKED_EVERY, "1s", "30d")
                .doc("So long after the last event of a blocked customer became a dead letter, a forwarder with"
                        + " the role delivery replays one of them, and the others when Credyt has taken it; 1h is a"
                        + " good value. Each time that Credyt still refuses costs one more dead letter of the account."
                        + " By default an operator replays them ('usageflow dead-letters replay --reason"
                        + " CUSTOMER_BLOCKED').");
    }

    static ReplaySettings from(AbstractConfig config) {
        return new ReplaySettings(KeyGroup.durationOrOff(config, BLOCKED_EVERY));
    }
}
