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
    private static final String GROUP = "Replay";
    private static final Duration MIN = Duration.ofSeconds(1);
    private static final Duration MAX = Duration.ofDays(30);

    static ConfigDef define(ConfigDef def) {
        return def.define(
                BLOCKED_EVERY,
                ConfigDef.Type.STRING,
                OffOr.OFF,
                new OffOr(DurationText.between(MIN, MAX)),
                ConfigDef.Importance.LOW,
                "So long after the last event of a blocked customer became a dead letter, a forwarder with the role"
                        + " delivery replays one of them, and the others when Credyt has taken it; 1h is a good value."
                        + " Each time that Credyt still refuses costs one more dead letter of the account. By default an"
                        + " operator replays them ('usageflow dead-letters replay --reason CUSTOMER_BLOCKED').",
                GROUP,
                1,
                ConfigDef.Width.SHORT,
                BLOCKED_EVERY);
    }

    static ReplaySettings from(AbstractConfig config) {
        return new ReplaySettings(OffOr.read(BLOCKED_EVERY, config.getString(BLOCKED_EVERY)));
    }
}
