package io.usageflow.forwarder.topics;

import io.usageflow.schema.topic.TopicSpec;

/** When a topic's setting is good enough, and what goes wrong where it is not. Pure. */
final class SettingRule {
    static final String RETENTION = "retention.ms";
    static final String RETENTION_BYTES = "retention.bytes";
    static final String CLEANUP = "cleanup.policy";
    static final String TIMESTAMP_TYPE = "message.timestamp.type";

    private SettingRule() {}

    /** Retention is a minimum, where -1 is for ever; all else must be equal. */
    static boolean holds(String setting, String wanted, String actual) {
        if (!setting.equals(RETENTION)) {
            return wanted.equals(actual);
        }
        if (actual.isEmpty()) {
            return false;
        }
        long kept = Long.parseLong(actual);
        return kept < 0 || kept >= Long.parseLong(wanted);
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
            case TIMESTAMP_TYPE -> "retention would delete back-dated events unread";
            default -> "the pipeline's promises do not hold";
        };
    }
}
