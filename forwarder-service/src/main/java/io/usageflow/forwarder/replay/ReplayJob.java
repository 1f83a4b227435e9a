package io.usageflow.forwarder.replay;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.deadletter.DeadLetterMarks;
import io.usageflow.forwarder.deadletter.DeadLetterScan;
import io.usageflow.forwarder.deadletter.OriginalEvent;
import io.usageflow.forwarder.deadletter.StoredDeadLetter;
import io.usageflow.forwarder.kafka.KafkaClients;
import io.usageflow.forwarder.kafka.TopicReader;
import io.usageflow.forwarder.replay.ReplayOutcome.CanaryOutcome;
import io.usageflow.forwarder.replay.ReplayPlan.SkipReason;
import io.usageflow.forwarder.replay.ReplayRules.ReplayDecision;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.serde.AvroSerdes;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Answers dead letters: plans the effect of a request, or executes the request. A job that begins fences the job before
 * it. Thread-safe: each call has clients of its own.
 */
public final class ReplayJob {
    private static final Cancellation NEVER = atMost -> false;

    private final Settings settings;

    public ReplayJob(Settings settings) {
        this.settings = settings;
    }

    /**
     * Counts what {@link #run} would do. Writes nothing and fences no other job.
     *
     * @throws org.apache.kafka.common.KafkaException where Kafka refuses or does not answer
     * @throws io.usageflow.forwarder.kafka.TopicsNotReadyException where a topic does not exist
     * @throws io.usageflow.schema.registry.RegistryUnavailableException while the registry is away
     */
    public ReplayPlan plan(ReplayRequest request) {
        return plan(request, ReplayProgress.SILENT, NEVER);
    }

    /** As {@link #plan(ReplayRequest)}; a plan that is cancelled counts only what was read. */
    public ReplayPlan plan(ReplayRequest request, ReplayProgress progress, Cancellation cancellation) {
        try (DeadLetterMarks marks = DeadLetterMarks.read(settings);
                var parts = new Parts(request)) {
            return plan(request, marks, parts, progress, cancellation);
        }
    }

    /**
     * Executes the request. If it is interrupted or killed at any point, it has answered some dead letters, each once;
     * the same request again answers the others.
     *
     * @throws org.apache.kafka.common.KafkaException where Kafka refuses or does not answer before anything was done;
     *     later it is an {@link ReplayOutcome.Failed outcome}
     * @throws io.usageflow.forwarder.kafka.TopicsNotReadyException where a topic does not exist
     */
    public ReplayOutcome run(ReplayRequest request, ReplayProgress progress, Cancellation cancellation)
            throws InterruptedException {
        if (request.action() instanceof ReplayRequest.Discard
                && request.audit().why().isBlank()) {
            throw new IllegalArgumentException("a discard needs a reason: say why this usage will not be billed");
        }
        try (ReplayTransaction transactions = ReplayTransaction.open(
                        settings, "usageflow-replay-" + request.audit().job());
                // After the fence: the transactions of earlier jobs are committed or aborted by then.
                DeadLetterMarks marks = DeadLetterMarks.read(settings);
                var parts = new Parts(request)) {
            ReplayPlan plan = plan(request, marks, parts, progress, cancellation);
            return new ReplayExecution(settings, request, plan, parts.rules, parts.originals)
                    .run(new ReplayExecution.Hold(transactions, marks), progress, cancellation);
        }
    }

    private ReplayPlan plan(
            ReplayRequest request,
            DeadLetterMarks marks,
            Parts parts,
            ReplayProgress progress,
            Cancellation cancellation) {
        var counting = new ReplayPlan.Counting();
        var visitor = new DeadLetterScan.Visitor() {
            private long read;

            @Override
            public boolean visit(StoredDeadLetter stored) {
                ReplayDecision decision = parts.rules.decide(stored, parts.originals::read);
                counting.add(stored, decision);
                if (decision instanceof ReplayDecision.Skip skip) {
                    progress.leftAlone(stored.letter().getId(), skip.skipReason(), skip.detail());
                }
                return passed();
            }

            @Override
            public boolean passed() {
                progress.read(++read);
                return !cancellation.within(Duration.ZERO);
            }
        };
        return counting.plan(new DeadLetterScan(settings).run(request.filter(), marks, visitor));
    }

    /** The rules, with what they need to read and write events. */
    private final class Parts implements AutoCloseable {
        private final OriginalEvent.Reader originals = new OriginalEvent.Reader(settings);
        private final Serializer<UsageEvent> encoder =
                AvroSerdes.valueSerializer(settings.registry().serde());
        private final ReplayRules rules;

        Parts(ReplayRequest request) {
            String events = settings.topics().names().events();
            rules = new ReplayRules(request, partitions(), event -> encoder.serialize(events, event));
        }

        /** Of the topic that a replay writes, so this is what a user without that right meets first. */
        private int partitions() {
            try {
                return new TopicReader(settings.kafka().client())
                        .partitionsOf(settings.topics().names().replays());
            } catch (TopicAuthorizationException hidden) {
                throw KafkaClients.naming(AclOperation.WRITE, hidden);
            }
        }

        @Override
        public void close() {
            originals.close();
            encoder.close();
        }
    }

    /** Asks a job to stop. Thread-safe. */
    public interface Cancellation {
        /**
         * Waits for the request to stop.
         *
         * @param atMost how long to wait for the request to stop
         * @return whether the job must stop
         */
        boolean within(Duration atMost);
    }

    /** Follows a job, on the job's thread. */
    public interface ReplayProgress {
        /** Ignores everything. */
        ReplayProgress SILENT = new ReplayProgress() {};

        /**
         * Dead letters are counted for the plan.
         *
         * @param records of the topic that were read so far
         */
        default void read(long records) {}

        /** The plan leaves a dead letter alone. */
        default void leftAlone(String deadLetterId, SkipReason skipReason, String detail) {}

        /**
         * The plan is complete, and the first dead letter is about to be answered.
         *
         * @param toDo dead letters that will be answered, by plan and limit
         */
        default void planned(ReplayPlan plan, long toDo) {}

        /**
         * A transaction was committed.
         *
         * @param done dead letters answered so far
         */
        default void done(long done, long toDo) {}

        /** The canary was replayed, and the job waits for its outcomes. */
        default void canaryAwaited(int count) {}

        default void canaryEnded(List<CanaryOutcome> outcomes) {}
    }
}
