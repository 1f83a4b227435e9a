package io.usageflow.forwarder.topics;

import io.usageflow.forwarder.topics.TopicPlan.ExistingTopic;
import io.usageflow.schema.topic.Topics.TopicSpec;

/** When a topic's setting is good enough, and what goes wrong where it is not. Pure. */
final class SettingRule {
    static final String RETENTION = "retention.ms";
    static final String RETENTION_BYTES = "retention.bytes";
    static final String CLEANUP = "cleanup.policy";
    static final String MESSAGE_BYTES = "max.message.bytes";
    static final String SEGMENT_BYTES = "segment.bytes";
    static final String TIMESTAMP_TYPE = "message.timestamp.type";

    private SettingRule() {}

    /**
     * Retention is a minimum, where -1 is for ever, and so is the size of records; the size of segments is a matter of
     * taste once the topic is there; all else must be equal.
     */
    static boolean holds(String setting, String wanted, String actual) {
        if (setting.equals(SEGMENT_BYTES)) {
            return true;
        }
        if (!setting.equals(RETENTION) && !setting.equals(MESSAGE_BYTES)) {
            return wanted.equals(actual);
        }
        if (actual.isEmpty()) {
            return false;
        }
        long found = Long.parseLong(actual);
        return (found < 0 && setting.equals(RETENTION)) || found >= Long.parseLong(wanted);
    }

    static boolean boundedBySize(TopicSpec spec, ExistingTopic topic) {
        return spec.settings().containsKey(RETENTION)
                && Long.parseLong(topic.settings().getOrDefault(RETENTION_BYTES, "-1")) >= 0;
    }

    static String consequence(String setting, String wanted) {
        return switch (setting) {
            case RETENTION -> "events that wait longer than it would be deleted unread";
            case CLEANUP ->
                wanted.equals("compact")
                        ? "entries would be deleted by age although they still hold"
                        : "an account's events would be compacted down to the newest";
            case MESSAGE_BYTES -> "a large event would stop the flow, since its dead letter is larger still";
            case TIMESTAMP_TYPE -> "a client whose clock is wrong would have its records deleted unread, or refused";
            default -> "the pipeline's promises do not hold";
        };
    }
}
