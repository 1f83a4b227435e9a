package io.usageflow.forwarder.config;

import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * What is done about dead letters without an operator. Immutable.
 *
 * @param blockedEvery how long after a customer's last failure its blocked events are tried again; empty for never
 * @param countEvery how often open dead letters are counted; empty for never
 */
public record ReplaySettings(Optional<Duration> blockedEvery, Optional<Duration> countEvery) {
    public static final String BLOCKED_EVERY = "replay.blocked.every";
    public static final String COUNT_EVERY = "dead.letters.count.every";

    static void define(ConfigDef def) {
        KeyGroup.of(def, "Replay")
                .durationOrOff(BLOCKED_EVERY, "1s", "30d")
                .doc("How long after the last dead letter of a blocked customer a forwarder with the"
                        + " role delivery replays one of them, and the others once Credyt accepted it;"
                        + " 1h is a good value. Each time that Credyt still refuses costs one more dead"
                        + " letter of the account."
                        + " By default an operator replays them ('usageflow dead-letters replay --reason"
                        + " CUSTOMER_BLOCKED').")
                .durationOrOff(COUNT_EVERY, "15m", "1m", "30d")
                .doc("How often each forwarder counts the open dead letters, for the meters"
                        + " usageflow.dead.letters.*; fifty times as long as a count takes, if that is"
                        + " more. A count reads the topics of dead letters and marks, and needs about 100"
                        + " bytes of the temporary folder for each mark.");
    }

    static ReplaySettings from(AbstractConfig config) {
        return new ReplaySettings(
                KeyGroup.durationOrOff(config, BLOCKED_EVERY), KeyGroup.durationOrOff(config, COUNT_EVERY));
    }
}
