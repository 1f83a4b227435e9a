package io.usageflow.schema.topic;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The names of usageflow's topics under one prefix, and their required settings. Immutable.
 *
 * @param prefix 1 to 200 characters of {@code [a-zA-Z0-9._-]}; default {@value #DEFAULT_PREFIX}
 */
public record Topics(String prefix) {
    public static final String DEFAULT_PREFIX = "usage";

    /**
     * For every topic: timestamps by the broker's clock. With a client's clock, retention deletes unread records if the
     * clock is behind, and the broker refuses records if it is ahead ({@code message.timestamp.after.max.ms}).
     */
    private static final Map<String, String> APPEND_TIME = Map.of("message.timestamp.type", "LogAppendTime");

    /**
     * For topics whose records contain an event and more. Kafka's default is 1 MiB, and another producer's event may
     * have that size: its dead letter would be refused, and nothing may be dropped.
     */
    private static final int ROOMY_BYTES = 4 * 1024 * 1024;

    /**
     * For a topic that is written several times a second and read from the start: small segments are compacted sooner.
     */
    private static final Map<String, String> SMALL_SEGMENTS =
            Map.of("segment.bytes", Integer.toString(16 * 1024 * 1024));

    private static final String REPLAYS = ".replays";

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

    /** Key account, value AccountBalance or tombstone. Needed only where the forwarder keeps balances. */
    public String balances() {
        return named("balances");
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
        return prefix + REPLAYS;
    }

    /** Whether the topic is the replays' topic of any prefix. The events' topic is not, whatever its prefix is. */
    public static boolean isReplays(String topic) {
        return topic.endsWith(REPLAYS);
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
        return specs(partitions, dedupWindow, ROOMY_BYTES);
    }

    /**
     * The same where larger events are allowed than by default.
     *
     * @param writtenBytesMax the largest record that the forwarder writes
     */
    public List<TopicSpec> specs(int partitions, Duration dedupWindow, int writtenBytesMax) {
        var roomy = Map.of("max.message.bytes", Integer.toString(Math.max(ROOMY_BYTES, writtenBytesMax)));
        Map<String, String> compacted = compacted(Map.of());
        Duration receipts = dedupWindow.compareTo(Duration.ofDays(35)) > 0 ? dedupWindow : Duration.ofDays(35);
        return List.of(
                TopicSpec.shared(events(), partitions, retained(Duration.ofDays(7), Map.of())),
                TopicSpec.shared(customerLinks(), partitions, compacted),
                TopicSpec.alone(vendorLinks(), 1, compacted),
                TopicSpec.shared(replays(), partitions, retained(Duration.ofDays(7), roomy)),
                TopicSpec.shared(deliverable(), partitions, retained(Duration.ofDays(14), roomy)),
                TopicSpec.shared(deliveryState(), partitions, compacted),
                TopicSpec.shared(receipts(), partitions, retained(receipts, Map.of())),
                TopicSpec.shared(balances(), partitions, compacted(SMALL_SEGMENTS)),
                TopicSpec.shared(deadLetters(), partitions, retained(Duration.ofDays(90), roomy)),
                TopicSpec.alone(deadLetterMarks(), 1, compacted),
                TopicSpec.alone(ledger(), 1, compacted(SMALL_SEGMENTS)));
    }

    private static Map<String, String> retained(Duration retention, Map<String, String> more) {
        var settings = new LinkedHashMap<>(APPEND_TIME);
        settings.put("cleanup.policy", "delete");
        settings.put("retention.ms", Long.toString(retention.toMillis()));
        settings.putAll(more);
        return Map.copyOf(settings);
    }

    private static Map<String, String> compacted(Map<String, String> more) {
        var settings = new LinkedHashMap<>(APPEND_TIME);
        settings.put("cleanup.policy", "compact");
        settings.putAll(more);
        return Map.copyOf(settings);
    }

    /**
     * The required settings of one topic. Immutable.
     *
     * @param name full name, prefix included
     * @param partitions at least 1
     * @param copartitioned whether the count must equal that of the events topic: ids and links live in their account's
     *     partition
     * @param settings topic configuration that differs from the broker's default; {@code retention.ms} is a minimum
     */
    public record TopicSpec(String name, int partitions, boolean copartitioned, Map<String, String> settings) {
        public TopicSpec {
            if (partitions < 1) {
                throw new IllegalArgumentException("partitions is " + partitions + ": use at least 1");
            }
            settings = Map.copyOf(settings);
        }

        static TopicSpec shared(String name, int partitions, Map<String, String> settings) {
            return new TopicSpec(name, partitions, true, settings);
        }

        static TopicSpec alone(String name, int partitions, Map<String, String> settings) {
            return new TopicSpec(name, partitions, false, settings);
        }
    }

    /** Names of the record headers that usageflow reads or writes. Other headers are carried along untouched. */
    public static final class EventHeaders {
        /** W3C trace context, set by the producer library where the application has one. */
        public static final String TRACEPARENT = "traceparent";

        /** On a replayed record: the id of the dead letter it was replayed from. */
        public static final String REPLAY_OF = "usageflow-replay-of";

        /** On a rerouted record: {@code partition@offset} where a foreign producer had put it. */
        public static final String REROUTED_FROM = "usageflow-rerouted-from";

        private EventHeaders() {}
    }
}
