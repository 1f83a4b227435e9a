package io.usageflow.forwarder.config;

import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * The automatic replay. Immutable.
 *
 * @param blockedEvery how long after a customer's last failure its blocked events are tried again; empty for never
 */
public record ReplaySettings(Optional<Duration> blockedEvery) {
    public static final String BLOCKED_EVERY = "replay.blocked.every";

    static void define(ConfigDef def) {
        KeyGroup.of(def, "Replay")
                .durationOrOff(BLOCKED_EVERY, "1s", "30d")
                .doc("How long after the last dead letter of a blocked customer a forwarder with the"
                        + " role delivery replays one of them, and the others once Credyt accepted it;"
                        + " 1h is a good value. Each time that Credyt still refuses costs one more dead"
                        + " letter of the account."
                        + " By default an operator replays them ('usageflow dead-letters replay --reason"
                        + " CUSTOMER_BLOCKED').");
    }

    static ReplaySettings from(AbstractConfig config) {
        return new ReplaySettings(KeyGroup.durationOrOff(config, BLOCKED_EVERY));
    }
}
