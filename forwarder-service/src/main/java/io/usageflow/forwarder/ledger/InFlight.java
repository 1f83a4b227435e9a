package io.usageflow.forwarder.ledger;

import io.usageflow.schema.text.CountText;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Events that were admitted and are not settled, with the age of the oldest of each partition. Pure; immutable.
 *
 * @param partitions those that have any, in order
 */
public record InFlight(List<Partition> partitions) {
    public InFlight {
        partitions = List.copyOf(partitions);
    }

    /**
     * A partition's.
     *
     * @param events how many
     * @param oldest since the oldest that Kafka has was admitted; empty where it has none
     * @param expired offsets between the first that delivery has not settled and the first that Kafka has: the events
     *     that stood there are gone
     */
    public record Partition(int partition, long events, Optional<Duration> oldest, long expired) {
        /** Why an operator must look; empty where the events are on their way. */
        private Optional<Problem> problem(Duration atMost) {
            return text(atMost)
                    .map(text -> new Problem(partition, events, expired, oldest.map(Duration::toSeconds), text));
        }

        private Optional<String> text(Duration atMost) {
            String where = "partition " + partition + ": " + CountText.of(events, "event") + " in flight, ";
            if (expired > 0) {
                return Optional.of(where + "and Kafka has deleted up to " + expired
                        + " of them undelivered: see docs/runbook.md, Retention is running out");
            }
            return oldest.filter(age -> age.compareTo(atMost) > 0)
                    .map(age -> where + "the oldest for " + age.toSeconds() + " s, longer than --in-flight-max "
                            + atMost.toSeconds() + "s: the forwarder's /health/ready says what it waits for");
        }
    }

    /** A partition whose events are late or gone, with one sentence for the operator. */
    public record Problem(int partition, long inFlight, long expired, Optional<Long> oldestAgeSeconds, String text) {}

    /** The partitions whose events are late or gone. */
    public List<Problem> problems(Duration atMost) {
        return partitions.stream()
                .flatMap(partition -> partition.problem(atMost).stream())
                .toList();
    }

    /** Over all partitions. */
    public Optional<Duration> oldest() {
        return partitions.stream()
                .map(Partition::oldest)
                .flatMap(Optional::stream)
                .max(Comparator.naturalOrder());
    }

    static InFlight of(Collection<Partition> found) {
        return new InFlight(found.stream()
                .sorted(Comparator.comparingInt(Partition::partition))
                .toList());
    }
}
