package io.usageflow.schema.topic;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The names of usageflow's topics under one prefix, and what each must be set to. Immutable.
 *
 * @param prefix 1 to 200 characters of {@code [a-zA-Z0-9._-]}; default {@value #DEFAULT_PREFIX}
 */
public record Topics(String prefix) {
    public static final String DEFAULT_PREFIX = "usage";

    private static final Pattern LEGAL = Pattern.compile("[a-zA-Z0-9._-]{1,200}");

    public Topics {
        if (!LEGAL.matcher(prefix).matches()) {
            throw new IllegalArgumentException(
                    "topics.prefix is '" + prefix + "': use 1 to 200 characters of a-z, A-Z, 0-9, '.', '_' and '-'");
        }
    }

    public static Topics withDefaultPrefix() {
        return new Topics(DEFAULT_PREFIX);
    }

    /** Key account, value UsageEvent: what producers publish. */
    public String events() {
        return named("events");
    }

    /** Key account, value CustomerLink or tombstone. */
    public String customerLinks() {
        return named("customer-links");
    }

    /** Key vendor, value VendorLink or tombstone. */
    public String vendorLinks() {
        return named("vendor-links");
    }

    /** Key account, value DeliverableEvent: what admission hands to delivery. */
    public String deliverable() {
        return named("deliverable");
    }

    /** Key account, value Receipt. */
    public String receipts() {
        return named("receipts");
    }

    /** Key of the original record, value DeadLetter. */
    public String deadLetters() {
        return named("dead-letters");
    }

    /** Key the dead letter's id, value DeadLetterMark. */
    public String deadLetterMarks() {
        return named("dead-letter-marks");
    }

    /** Key of the original record, the event again: only operators write here, since it bypasses the id check. */
    public String replays() {
        return named("replays");
    }

    /** Key customer, value CustomerDeliveryState or tombstone. */
    public String deliveryState() {
        return named("delivery-state");
    }

    /** Key stage-partition, value LedgerEntry. */
    public String ledger() {
        return named("ledger");
    }

    private String named(String name) {
        return prefix + "." + name;
    }

    /**
     * All topics in the order of an event's path.
     *
     * @param partitions of the topics that share the events' partitioning, at least 1
     * @param dedupWindow receipts are kept at least this long
     */
    public List<TopicSpec> specs(int partitions, Duration dedupWindow) {
        Map<String, String> compacted = Map.of("cleanup.policy", "compact");
        Duration receipts = dedupWindow.compareTo(Duration.ofDays(35)) > 0 ? dedupWindow : Duration.ofDays(35);
        return List.of(
                // Append time, never the event's: with the latter, retention would delete back-dated events unread.
                TopicSpec.shared(
                        events(),
                        partitions,
                        retained(Duration.ofDays(7), Map.of("message.timestamp.type", "LogAppendTime"))),
                TopicSpec.shared(customerLinks(), partitions, compacted),
                TopicSpec.alone(vendorLinks(), 1, compacted),
                TopicSpec.shared(
                        replays(),
                        partitions,
                        retained(Duration.ofDays(7), Map.of("message.timestamp.type", "LogAppendTime"))),
                TopicSpec.shared(deliverable(), partitions, retained(Duration.ofDays(14), Map.of())),
                TopicSpec.shared(deliveryState(), partitions, compacted),
                TopicSpec.shared(receipts(), partitions, retained(receipts, Map.of())),
                TopicSpec.shared(deadLetters(), partitions, retained(Duration.ofDays(90), Map.of())),
                TopicSpec.alone(deadLetterMarks(), 1, compacted),
                TopicSpec.alone(ledger(), 1, compacted));
    }

    private static Map<String, String> retained(Duration retention, Map<String, String> more) {
        var settings = new java.util.LinkedHashMap<String, String>();
        settings.put("cleanup.policy", "delete");
        settings.put("retention.ms", Long.toString(retention.toMillis()));
        settings.putAll(more);
        return Map.copyOf(settings);
    }
}
