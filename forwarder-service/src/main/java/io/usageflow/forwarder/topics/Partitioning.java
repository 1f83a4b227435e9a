package io.usageflow.forwarder.topics;

import io.usageflow.forwarder.topics.TopicPlan.ExistingTopic;
import io.usageflow.schema.topic.Topics.TopicSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How many partitions the topics have that share the accounts' partitioning, and whether that can be worked with. Pure
 * and immutable.
 *
 * @param names of the topics, changelogs included, by their number of partitions: one entry where they agree
 * @param asked a count that a person asked for
 * @param changelogs of admission's memory
 */
record Partitioning(Map<Integer, List<String>> names, OptionalInt asked, Changelogs changelogs) {

    static Partitioning of(
            List<TopicSpec> specs, OptionalInt asked, Map<String, ExistingTopic> existing, Changelogs changelogs) {
        var names = new TreeMap<Integer, List<String>>();
        for (TopicSpec spec : specs) {
            ExistingTopic topic = existing.get(spec.name());
            if (spec.copartitioned() && topic != null) {
                add(names, topic.partitions(), spec.name());
            }
        }
        changelogs.partitions().forEach((name, partitions) -> add(names, partitions, name));
        return new Partitioning(names, asked, changelogs);
    }

    private static void add(Map<Integer, List<String>> names, int partitions, String name) {
        names.computeIfAbsent(partitions, count -> new ArrayList<>()).add(name);
    }

    /** What a missing topic gets: what exists decides, then what a person asked for. */
    int toCreate(int otherwise) {
        return names.isEmpty()
                ? asked.orElse(otherwise)
                : names.keySet().iterator().next();
    }

    /**
     * Why a topic cannot be used, or cannot be created.
     *
     * @param partitions that it has; empty where it does not exist
     */
    Optional<TopicFinding.Refused> objection(String topic, OptionalInt partitions) {
        OptionalInt remembered = changelogs.agreed();
        if (remembered.isPresent()) {
            return partitions.isPresent() && partitions.getAsInt() != remembered.getAsInt()
                    ? Optional.of(changed(topic, partitions.getAsInt(), remembered.getAsInt()))
                    : otherWish(topic, partitions, remembered.getAsInt());
        }
        if (names.size() > 1) {
            return Optional.of(disagreement(topic));
        }
        return partitions.isPresent() ? otherWish(topic, partitions, partitions.getAsInt()) : Optional.empty();
    }

    private Optional<TopicFinding.Refused> otherWish(String topic, OptionalInt partitions, int needed) {
        if (asked.isEmpty() || asked.getAsInt() == needed) {
            return Optional.empty();
        }
        String what = partitions.isPresent()
                ? "has " + needed + " partitions"
                : "must have " + needed + " partitions, as many as admission's memory";
        return Optional.of(new TopicFinding.Refused(
                topic,
                what + ", but " + asked.getAsInt() + " were asked for",
                "keep " + needed
                        + ", since ids and links live in their account's partition; for another count make new topics"
                        + " under another topics.prefix"));
    }

    private TopicFinding.Refused changed(String topic, int now, int before) {
        return new TopicFinding.Refused(
                topic,
                "has " + now + " partitions, but had " + before + " when admission began to remember by partition ("
                        + String.join(", ", changelogs.partitions().keySet()) + ": " + before
                        + "), so that repeated events would be billed again",
                "stop what writes to it, put its records aside, delete it, let 'usageflow topics apply' make it with "
                        + before + " partitions again, and put the records back (events that were admitted before are"
                        + " known); docs/runbook.md, 'A topic was made again', has the steps and what"
                        + " may not be deleted; for"
                        + " another count make new topics under another topics.prefix");
    }

    private TopicFinding.Refused disagreement(String topic) {
        String which = names.entrySet().stream()
                .map(count -> String.join(", ", count.getValue()) + ": " + count.getKey())
                .collect(Collectors.joining("; "));
        return new TopicFinding.Refused(
                topic,
                "shares its partitioning with topics that disagree on the number of partitions (" + which + ")",
                "delete the topics that are wrong if nothing in them is unread, unanswered or in force"
                        + " (docs/runbook.md,"
                        + " 'A topic was made again'), then run 'usageflow topics apply'; otherwise"
                        + " make new topics under another topics.prefix");
    }
}
