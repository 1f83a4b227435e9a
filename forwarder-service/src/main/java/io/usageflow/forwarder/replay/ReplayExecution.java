package io.usageflow.forwarder.replay;

import io.usageflow.forwarder.clock.RateLimiter;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.deadletter.DeadLetterMarks;
import io.usageflow.forwarder.deadletter.DeadLetterScan;
import io.usageflow.forwarder.deadletter.DeadLetterState;
import io.usageflow.forwarder.deadletter.OriginalEvent;
import io.usageflow.forwarder.deadletter.StoredDeadLetter;
import io.usageflow.forwarder.replay.ReplayJob.Cancellation;
import io.usageflow.forwarder.replay.ReplayJob.ReplayProgress;
import io.usageflow.forwarder.replay.ReplayOutcome.CanaryFailed;
import io.usageflow.forwarder.replay.ReplayOutcome.CanaryOutcome;
import io.usageflow.forwarder.replay.ReplayOutcome.Cancelled;
import io.usageflow.forwarder.replay.ReplayOutcome.End;
import io.usageflow.forwarder.replay.ReplayOutcome.Failed;
import io.usageflow.forwarder.replay.ReplayOutcome.Finished;
import io.usageflow.forwarder.replay.ReplayOutcome.TakenOver;
import io.usageflow.forwarder.replay.ReplayRules.ReplayDecision;
import io.usageflow.forwarder.replay.ReplayTransaction.FencedException;
import io.usageflow.schema.DeadLetterMark;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** The second pass over the dead letters, which answers them. Used once, by one thread. */
final class ReplayExecution {
    /** Clocks and threads are not more exact than this; at high rates it is many intervals. */
    private static final Duration RATE_BURST = Duration.ofMillis(50);

    /** For a commit that Kafka does not answer; then it ends, and the next run finds out. */
    private static final Duration COMMIT_PATIENCE = ReplayTransaction.TIMEOUT;

    private final Settings settings;
    private final ReplayRequest request;
    private final ReplayPlan plan;
    private final ReplayRules rules;
    private final OriginalEvent.Reader originals;
    private final long toDo;

    /** What the job holds while it works. */
    record Hold(ReplayTransaction transactions, DeadLetterMarks marks) {}

    ReplayExecution(
            Settings settings,
            ReplayRequest request,
            ReplayPlan plan,
            ReplayRules rules,
            OriginalEvent.Reader originals) {
        this.settings = settings;
        this.request = request;
        this.plan = plan;
        this.rules = rules;
        this.originals = originals;
        this.toDo = Math.min(plan.answerable(), request.pace().limit().orElse(Long.MAX_VALUE));
    }

    ReplayOutcome run(Hold hold, ReplayProgress progress, Cancellation cancellation) {
        if (cancellation.within(Duration.ZERO)) {
            return new ReplayOutcome(plan, 0, toDo, new Cancelled());
        }
        progress.planned(plan, toDo);
        End end;
        try (var pass = new Pass(hold, progress, cancellation)) {
            end = toDo == 0 ? new Finished() : pass.run();
        } catch (FencedException fenced) {
            end = new TakenOver();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            end = new Cancelled();
        } catch (RuntimeException failed) {
            end = new Failed(failed);
        }
        return new ReplayOutcome(plan, hold.transactions().committed(), toDo, end);
    }

    /** What stops the reading from inside a visit, which can only say so by an unchecked exception. */
    private static final class Carried extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Carried(Exception carried) {
            super(carried);
        }
    }

    private final class Pass implements DeadLetterScan.Visitor, AutoCloseable {
        private final Hold hold;
        private final ReplayProgress progress;
        private final Cancellation cancellation;
        private final RateLimiter rate = new RateLimiter(request.pace().perSecondMax(), RATE_BURST, System.nanoTime());
        private final Map<String, Future<RecordMetadata>> canaries = new LinkedHashMap<>();
        private final @Nullable CanaryWatch watch;
        private boolean canaryAwaited;
        private long started;
        private @Nullable End end;

        Pass(Hold hold, ReplayProgress progress, Cancellation cancellation) {
            this.hold = hold;
            this.progress = progress;
            this.cancellation = cancellation;
            this.canaryAwaited = request.pace().canary().count() == 0;
            // Before anything is written, or an outcome could be missed.
            this.watch = canaryAwaited ? null : new CanaryWatch(settings);
        }

        End run() throws FencedException, InterruptedException {
            try {
                new DeadLetterScan(settings).run(request.filter(), hold.marks(), this);
            } catch (Carried carried) {
                if (carried.getCause() instanceof FencedException fenced) {
                    throw fenced;
                }
                if (carried.getCause() instanceof InterruptedException interrupted) {
                    throw interrupted;
                }
                throw carried;
            }
            commit();
            if (end == null && !canaryAwaited) {
                awaitCanary();
            }
            return end == null ? new Finished() : end;
        }

        @Override
        public void close() {
            if (watch != null) {
                watch.close();
            }
        }

        /** What was answered must not wait for the next that is meant, longer than Kafka keeps a transaction open. */
        @Override
        public void passed() {
            if (hold.transactions().isDue(Duration.ZERO)) {
                try {
                    commit();
                } catch (FencedException fenced) {
                    throw new Carried(fenced);
                }
            }
        }

        @Override
        public boolean visit(StoredDeadLetter stored) {
            if (started >= toDo) {
                return false;
            }
            if (!plan.covers(stored)
                    || hold.transactions().holds(stored.letter().getId())) {
                passed();
                return true;
            }
            try {
                ReplayDecision decision = rules.decide(stored, originals::read);
                if (decision instanceof ReplayDecision.Answer answer) {
                    return answer(stored, answer);
                }
                passed();
                return true;
            } catch (FencedException | InterruptedException carried) {
                throw new Carried(carried);
            }
        }

        private boolean answer(StoredDeadLetter stored, ReplayDecision.Answer answer)
                throws FencedException, InterruptedException {
            Duration wait = Duration.ofNanos(Math.max(0, rate.waitNanos(System.nanoTime())));
            if (hold.transactions().isFull() || hold.transactions().isDue(wait)) {
                commit();
            }
            if (cancellation.within(wait)) {
                end = new Cancelled();
                return false;
            }
            Optional<Future<RecordMetadata>> replayed = hold.transactions()
                    .add(mark(stored, answer), answer.record().map(this::record));
            rate.acquire(System.nanoTime());
            started++;
            if (!canaryAwaited) {
                replayed.ifPresent(record -> canaries.put(stored.letter().getId(), record));
                if (canaries.size() == request.pace().canary().count()) {
                    awaitCanary();
                }
            }
            return end == null;
        }

        private void awaitCanary() throws FencedException, InterruptedException {
            canaryAwaited = true;
            commit();
            if (watch == null || canaries.isEmpty()) {
                return;
            }
            for (Map.Entry<String, Future<RecordMetadata>> canary : canaries.entrySet()) {
                watch.await(canary.getKey(), written(canary.getValue()));
            }
            progress.canaryAwaited(canaries.size());
            Optional<List<CanaryOutcome>> outcomes =
                    watch.outcomes(request.pace().canary().timeout(), cancellation);
            outcomes.ifPresent(progress::canaryEnded);
            if (outcomes.isEmpty()) {
                end = new Cancelled();
            } else if (outcomes.get().stream().anyMatch(CanaryOutcome::failed)) {
                end = new CanaryFailed(outcomes.get());
            }
        }

        private RecordMetadata written(Future<RecordMetadata> record) throws InterruptedException {
            try {
                return record.get();
            } catch (ExecutionException impossible) {
                throw new KafkaException("a record of a committed transaction was not written", impossible.getCause());
            }
        }

        private void commit() throws FencedException {
            Map<String, byte[]> marks = hold.transactions().commit(COMMIT_PATIENCE);
            if (!marks.isEmpty()) {
                // Should the topic hold a dead letter twice, the second is met with its answer.
                marks.forEach(hold.marks()::put);
                progress.done(hold.transactions().committed(), toDo);
            }
        }

        private ProducerRecord<byte[], byte[]> record(ReplayDecision.ReplayedRecord replayed) {
            return new ProducerRecord<>(
                    settings.topics().names().replays(),
                    replayed.partition(),
                    null,
                    replayed.key(),
                    replayed.value(),
                    replayed.headers());
        }

        private DeadLetterMark mark(StoredDeadLetter stored, ReplayDecision.Answer answer) {
            return new DeadLetterMark(
                    stored.letter().getId(),
                    (answer.record().isPresent() ? DeadLetterState.REPLAYED : DeadLetterState.DISCARDED).name(),
                    request.audit().who(),
                    request.audit().why(),
                    request.audit().job(),
                    Instant.now().truncatedTo(ChronoUnit.MILLIS),
                    answer.fixes(),
                    stored.letter().getLastFailedAt());
        }
    }
}
