package io.usageflow.forwarder.replay;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.OwnTopicDecoder;
import io.usageflow.forwarder.kafka.OwnTopicDecoder.UnreadableRecords;
import io.usageflow.forwarder.kafka.TopicReader;
import io.usageflow.schema.DeadLetterMark;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Who replayed, discarded or repaired what, when and why: the marks, by job. A mark is written in the transaction that
 * does what it says, so nothing is done without one. Of several answers to one dead letter the topic keeps the last.
 *
 * @param complete whether the topic was read to its end
 * @param marks read
 * @param unreadable records that are no marks
 * @param omitted jobs that were dropped since there were too many, those that ended first
 * @param jobs the latest first
 */
public record ReplayHistory(boolean complete, long marks, long unreadable, long omitted, List<Job> jobs) {
    private static final int JOBS_HELD_MAX = 20_000;
    private static final Duration READ_WITHIN = Duration.ofHours(1);
    private static final Comparator<Job> LATEST_FIRST =
            Comparator.comparing(Job::lastAt).reversed().thenComparing(Job::job);

    /**
     * What one job did.
     *
     * @param job its name
     * @param who gave the order, as it was stated
     * @param why the stated reason
     * @param done dead letters and events by what became of them, such as REPLAYED
     * @param fixed how many of them were corrected
     */
    public record Job(
            String job, String who, String why, Map<String, Long> done, long fixed, Instant firstAt, Instant lastAt) {
        private Job with(DeadLetterMark mark) {
            var counts = new TreeMap<>(done);
            counts.merge(mark.getState(), 1L, Long::sum);
            Instant at = mark.getMarkedAt();
            return new Job(
                    job,
                    who,
                    why,
                    counts,
                    fixed + (mark.getFixes().isEmpty() ? 0 : 1),
                    at.isBefore(firstAt) ? at : firstAt,
                    at.isAfter(lastAt) ? at : lastAt);
        }

        private static Job of(DeadLetterMark mark) {
            return new Job(
                    mark.getJob(), mark.getWho(), mark.getWhy(), Map.of(), 0, mark.getMarkedAt(), mark.getMarkedAt());
        }
    }

    /**
     * Reads the marks.
     *
     * @param limit jobs that are returned
     * @param atMost after which the reading ends where it is
     * @throws org.apache.kafka.common.KafkaException where Kafka or the registry refuses or does not answer
     */
    public static ReplayHistory read(Settings settings, int limit, Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        try (var decoder = new OwnTopicDecoder<>(settings.registry().serde(), DeadLetterMark.class)) {
            var reading = new Reading(decoder, () -> System.nanoTime() - deadline < 0);
            new TopicReader(settings.kafka().client())
                    .read(settings.topics().names().deadLetterMarks(), TopicReader.Part.all(), READ_WITHIN, reading);
            return reading.history(limit);
        }
    }

    /** Bounded: of too many jobs the latest half is held. */
    static final class Reading implements TopicReader.Visitor {
        private final OwnTopicDecoder<DeadLetterMark> decoder;
        private final BooleanSupplier goesOn;
        private final UnreadableRecords unreadable = new UnreadableRecords();
        private Map<String, Job> jobs = new HashMap<>();
        private long marks;
        private long omitted;
        private boolean complete = true;

        Reading(OwnTopicDecoder<DeadLetterMark> decoder, BooleanSupplier goesOn) {
            this.decoder = decoder;
            this.goesOn = goesOn;
        }

        @Override
        public boolean visit(ConsumerRecord<byte[], byte[]> record) {
            if (record.key() != null && record.value() != null) {
                decoder.read(record, unreadable).ifPresent(this::add);
            }
            complete = goesOn.getAsBoolean();
            return complete;
        }

        private void add(DeadLetterMark mark) {
            marks++;
            // Who and why belong to the job; two jobs of one name and another reason are two rows.
            String key = mark.getJob() + '\n' + mark.getWho() + '\n' + mark.getWhy();
            jobs.merge(key, Job.of(mark).with(mark), (known, added) -> known.with(mark));
            if (jobs.size() > JOBS_HELD_MAX) {
                Map<String, Job> held = new HashMap<>();
                jobs.entrySet().stream()
                        .sorted(Map.Entry.comparingByValue(LATEST_FIRST))
                        .limit(JOBS_HELD_MAX / 2)
                        .forEach(each -> held.put(each.getKey(), each.getValue()));
                omitted += jobs.size() - held.size();
                jobs = held;
            }
        }

        ReplayHistory history(int limit) {
            List<Job> latest =
                    jobs.values().stream().sorted(LATEST_FIRST).limit(limit).toList();
            return new ReplayHistory(
                    complete, marks, unreadable.count(), omitted + jobs.size() - latest.size(), latest);
        }
    }
}
