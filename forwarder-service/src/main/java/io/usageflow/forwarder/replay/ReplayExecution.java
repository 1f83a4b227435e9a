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
    /** Clocks and threads are no more exact than this; at high rates it spans many intervals. */
    private static final Duration RATE_BURST = Duration.ofMillis(50);

    /** Bound of the wait for a commit. After it the job fails, and the next run finds out whether it was committed. */
    private static final Duration COMMIT_PATIENCE = ReplayTransaction.TIMEOUT;

    private final Settings settings;
    private final ReplayRequest request;
    private final ReplayPlan plan;
    private final ReplayRules rules;
    private final OriginalEvent.Reader originals;
    private final long toDo;

    /** What the job holds open while it runs. */
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
        this.toDo = Math.min(plan.answerable(), request.limits().limit().orElse(Long.MAX_VALUE));
    }

    ReplayOutcome run(Hold hold, ReplayProgress progress, Cancellation cancellation) {
        if (cancellation.within(Duration.ZERO)) {
            return new ReplayOutcome(plan, 0, toDo, new Cancelled());
        }
        progress.planned(plan, toDo);
        End end;
        try (var pass = new Pass(hold, progress, cancellation)) {
            end = toDo == 0 ? new Finished() : pass.run();
        } catch (RuntimeException failed) {
            end = new Failed(failed);
        }
        return new ReplayOutcome(plan, hold.transactions().committed(), toDo, end);
    }

    private interface Step {
        void take() throws FencedException, InterruptedException;
    }

    private final class Pass implements DeadLetterScan.Visitor, AutoCloseable {
        private final Hold hold;
        private final ReplayProgress progress;
        private final Cancellation cancellation;
        private final RateLimiter rate =
                new RateLimiter(request.limits().perSecondMax(), RATE_BURST, System.nanoTime());
        private final Map<String, Future<RecordMetadata>> canaries = new LinkedHashMap<>();
        private final @Nullable CanaryWatch watch;
        private boolean canaryAwaited;
        private long started;
        private boolean interrupted;
        private @Nullable End end;

        Pass(Hold hold, ReplayProgress progress, Cancellation cancellation) {
            this.hold = hold;
            this.progress = progress;
            this.cancellation = cancellation;
            this.canaryAwaited = request.limits().canary().count() == 0;
            // Before anything is written, so that no outcome is missed.
            this.watch = canaryAwaited ? null : new CanaryWatch(settings);
        }

        End run() {
            new DeadLetterScan(settings).run(request.filter(), hold.marks(), this);
            if (!(end instanceof TakenOver)) {
                attempt(() -> {
                    commit();
                    if (end == null && !canaryAwaited) {
                        awaitCanary();
                    }
                });
            }
            return end == null ? new Finished() : end;
        }

        /** Returns whether the job continues. */
        private boolean attempt(Step step) {
            try {
                step.take();
            } catch (FencedException fenced) {
                end = new TakenOver();
            } catch (InterruptedException stop) {
                interrupted = true;
                end = new Cancelled();
            }
            return end == null;
        }

        @Override
        public void close() {
            if (watch != null) {
                watch.close();
            }
            // Not before: Kafka's clients fail in an interrupted thread.
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        /** Commits in time: Kafka aborts a transaction that stays open, and the next match may be far away. */
        @Override
        public boolean passed() {
            return !hold.transactions().isDue(Duration.ZERO) || attempt(this::commit);
        }

        @Override
        public boolean visit(StoredDeadLetter stored) {
            if (started >= toDo) {
                return false;
            }
            if (!plan.covers(stored)
                    || hold.transactions().holds(stored.letter().getId())) {
                return passed();
            }
            return rules.decide(stored, originals::read) instanceof ReplayDecision.Answer answer
                    ? attempt(() -> answer(stored, answer))
                    : passed();
        }

        private void answer(StoredDeadLetter stored, ReplayDecision.Answer answer)
                throws FencedException, InterruptedException {
            Duration wait = Duration.ofNanos(Math.max(0, rate.waitNanos(System.nanoTime())));
            if (hold.transactions().isFull() || hold.transactions().isDue(wait)) {
                commit();
            }
            if (cancellation.within(wait)) {
                end = new Cancelled();
                return;
            }
            Optional<Future<RecordMetadata>> replayed = hold.transactions()
                    .add(mark(stored, answer), answer.record().map(this::record));
            rate.acquire(System.nanoTime());
            started++;
            if (!canaryAwaited) {
                replayed.ifPresent(record -> canaries.put(stored.letter().getId(), record));
                if (canaries.size() == request.limits().canary().count()) {
                    awaitCanary();
                }
            }
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
                    watch.outcomes(request.limits().canary().timeout(), cancellation);
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
                // If the topic has a dead letter twice, the second one is already answered.
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
