package io.usageflow.forwarder.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.forwarder.deadletter.DeadLetterFilter;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.deadletter.DeadLetterState;
import io.usageflow.forwarder.replay.ReplayJob.Cancellation;
import io.usageflow.forwarder.replay.ReplayJob.ReplayProgress;
import io.usageflow.forwarder.replay.ReplayOutcome.CanaryFailed;
import io.usageflow.forwarder.replay.ReplayOutcome.CanaryOutcome;
import io.usageflow.forwarder.replay.ReplayOutcome.Cancelled;
import io.usageflow.forwarder.replay.ReplayOutcome.Finished;
import io.usageflow.forwarder.replay.ReplayOutcome.TakenOver;
import io.usageflow.forwarder.replay.ReplayPlan.SkipReason;
import io.usageflow.forwarder.replay.ReplayRequest.Audit;
import io.usageflow.forwarder.replay.ReplayRequest.Canary;
import io.usageflow.forwarder.replay.ReplayRequest.Limits;
import io.usageflow.forwarder.replay.ReplayRequest.Replay;
import io.usageflow.forwarder.testing.DeadLetterWorld;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.Fix;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.UsageEvent;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Jobs as code runs them: cancelled, limited, with a canary, and two at once. */
class ReplayJobIT {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final Cancellation NEVER = ReplayJobIT::justWait;

    @AutoClose
    private static DeadLetterWorld.Servers servers = new DeadLetterWorld.Servers();

    @AutoClose
    private DeadLetterWorld world = servers.world();

    private ReplayJob job = new ReplayJob(world.settings());

    @Test
    void shouldFenceTheJobBeforeItAndAnswerTheRest() throws Exception {
        List<DeadLetter> letters = world.bury(2_000, DeadLetterReason.CREDYT_UNAVAILABLE, 9);
        CompletableFuture<ReplayOutcome> ann = inBackground(request("ann", pace(200), "job-a"), NEVER);
        await().atMost(LONG).until(() -> !world.read(world.topics().replays()).isEmpty());

        ReplayOutcome rest = run(request("bob", pace(100_000), "job-b"));

        ReplayOutcome fenced = ann.get(LONG.toSeconds(), TimeUnit.SECONDS);
        assertThat(fenced.end()).isInstanceOf(TakenOver.class);
        assertThat(fenced.done()).isBetween(1L, 1_999L);
        assertThat(rest.end()).isInstanceOf(Finished.class);
        assertThat(rest.done()).isEqualTo(2_000 - fenced.done());
        new ReplayedOnce(world).verify(letters, "fenced");
    }

    @Test
    void shouldFinishTheOpenTransactionWhenCancelledAndGoOnLater() throws Exception {
        List<DeadLetter> letters = world.bury(1_200, DeadLetterReason.CUSTOMER_BLOCKED, 5);
        var stop = new AtomicBoolean();
        Cancellation cancellation = atMost -> stop.get() || justWait(atMost);
        var progress = new ReplayProgress() {
            @Override
            public void done(long done, long toDo) {
                stop.set(true);
            }
        };

        ReplayOutcome cancelled = job.run(request("ann", pace(500), "job-a"), progress, cancellation);

        assertThat(cancelled.end()).isInstanceOf(Cancelled.class);
        assertThat(cancelled.toDo()).isEqualTo(1_200);
        assertThat(cancelled.done()).isEqualTo(world.marks().size()).isBetween(1L, 1_199L);
        assertThat(run(request("ann", pace(100_000), "job-b")).done()).isEqualTo(1_200 - cancelled.done());
        new ReplayedOnce(world).verify(letters, "cancelled");
    }

    @Test
    void shouldKeepToLimitAndRate() throws Exception {
        world.bury(300, DeadLetterReason.CUSTOMER_BLOCKED, 5);
        long began = System.nanoTime();

        ReplayOutcome first = run(request("ann", new Limits(50, OptionalLong.of(100), Canary.none()), "job-a"));

        assertThat(first.done()).isEqualTo(100);
        assertThat(first.plan().answerable()).isEqualTo(300);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(1_900));
        assertThat(job.plan(request("ann", pace(500), "job-b")).answerable()).isEqualTo(200);
        assertThat(world.read(world.topics().replays())).hasSize(100);
    }

    @Test
    void shouldPlanWithoutTouchingAnything() {
        world.bury(20, DeadLetterReason.CUSTOMER_BLOCKED, 4);
        world.bury(world.draft(DeadLetterReason.ID_CONFLICT, DeadLetterWorld.event("evt-9", "acct-9"))
                .attribute("fingerprint", "aa"));

        ReplayPlan plan = job.plan(request("ann", pace(500), "job-a"));

        assertThat(plan.answerable()).isEqualTo(20);
        assertThat(plan.byReason()).containsOnlyKeys("CUSTOMER_BLOCKED").containsValue(20L);
        assertThat(plan.accounts().named()).hasSize(4).containsEntry("acct-0", 5L);
        assertThat(plan.skipReasons().get(SkipReason.NEEDS_NEW_ID).count()).isOne();
        assertThat(world.written(world.topics().deadLetterMarks())).isZero();
        assertThat(world.read(world.topics().replays())).isEmpty();
    }

    @Test
    void shouldReplayAgainOnlyWhenAskedAndEachOnceInAJob() throws Exception {
        world.bury(30, DeadLetterReason.CUSTOMER_BLOCKED, 3);
        run(request("ann", pace(1_000), "job-a"));
        assertThat(run(request("ann", pace(1_000), "job-b")).done()).isZero();

        ReplayRequest again = again(new Limits(1_000, OptionalLong.of(10), Canary.none()), "job-c");
        assertThat(run(again).done()).isEqualTo(10);
        // The same job goes on where it was, and is done some time.
        assertThat(run(again(pace(1_000), "job-c")).done()).isEqualTo(20);
        assertThat(run(again(pace(1_000), "job-c")).done()).isZero();

        assertThat(world.read(world.topics().replays())).hasSize(60);
    }

    @Test
    void shouldAuditWhatWasFixed() throws Exception {
        DeadLetter letter =
                world.bury(world.draft(DeadLetterReason.REJECTED, DeadLetterWorld.event("evt-1", "acct-1")));
        var fix = new Replay(List.of(EventFix.parse("costs[*].amount=0.02"), EventFix.parse("subject=s")), false);
        var request = new ReplayRequest(
                DeadLetterFilter.open(), fix, false, new Audit("ann", "wrong price", "job-a"), pace(500));

        run(request);

        ConsumerRecord<byte[], byte[]> replay =
                world.read(world.topics().replays()).get(0);
        UsageEvent event = world.decoded(world.topics().replays(), UsageEvent.class, replay.value());
        assertThat(event.getCosts().get(0).getAmount()).isEqualByComparingTo("0.02");
        assertThat(event.getId()).isEqualTo("evt-1");
        DeadLetterMark mark = world.marks().get(0);
        assertThat(mark.getDeadLetterId()).isEqualTo(letter.getId());
        assertThat(mark.getWhy()).isEqualTo("wrong price");
        assertThat(mark.getFixes())
                .containsExactly(new Fix("costs[0].amount", "0.0161", "0.02"), new Fix("subject", null, "s"));
    }

    @Test
    void shouldDiscardWithoutReplaying() throws Exception {
        world.bury(5, DeadLetterReason.TOO_OLD, 2);
        var request = new ReplayRequest(
                DeadLetterFilter.open(),
                new ReplayRequest.Discard(),
                false,
                new Audit("ann", "billed by hand", "job-a"),
                pace(500));

        assertThat(run(request).done()).isEqualTo(5);

        assertThat(world.marks()).extracting(DeadLetterMark::getState).containsOnly("DISCARDED");
        assertThat(world.read(world.topics().replays())).isEmpty();
    }

    @Test
    void shouldGoOnWhenTheCanaryWasDelivered() throws Exception {
        world.bury(50, DeadLetterReason.CUSTOMER_BLOCKED, 5);

        ReplayOutcome ended = withCanary(3, Duration.ofSeconds(60), replay -> deliver(replay));

        assertThat(ended.end()).isInstanceOf(Finished.class);
        assertThat(ended.done()).isEqualTo(50);
    }

    @Test
    void shouldStopWhenACanaryBecomesADeadLetterAgain() throws Exception {
        world.bury(50, DeadLetterReason.CUSTOMER_BLOCKED, 5);

        ReplayOutcome ended = withCanary(3, Duration.ofSeconds(60), replay -> {
            UsageEvent event = world.decoded(replay.topic(), UsageEvent.class, replay.value());
            world.bury(world.failedReplay(replay, DeadLetterReason.REJECTED).about(event));
        });

        assertThat(ended.done()).isEqualTo(3);
        assertThat(failures(ended)).extracting(CanaryOutcome::kind).containsOnly(CanaryOutcome.Kind.DEAD_LETTER);
        assertThat(failures(ended).get(0).detail()).startsWith("REJECTED: ");
        assertThat(world.read(world.topics().replays())).hasSize(3);
    }

    @Test
    void shouldStopWhenACanaryWaitsForALink() throws Exception {
        world.bury(50, DeadLetterReason.UNMAPPED_CUSTOMER, 1);

        ReplayOutcome ended = withCanary(
                1, Duration.ofSeconds(60), replay -> world.admissionHasRead(replay.partition(), replay.offset() + 1));

        assertThat(failures(ended)).extracting(CanaryOutcome::kind).containsExactly(CanaryOutcome.Kind.PARKED);
        assertThat(ended.done()).isEqualTo(1);
    }

    @Test
    void shouldStopWhenNobodyTakesTheCanaryInTime() throws Exception {
        world.bury(50, DeadLetterReason.CUSTOMER_BLOCKED, 1);

        ReplayOutcome ended = withCanary(2, Duration.ofMillis(500), replay -> {});

        assertThat(failures(ended))
                .hasSize(2)
                .extracting(CanaryOutcome::kind)
                .containsOnly(CanaryOutcome.Kind.NOT_ADMITTED);
    }

    private static List<CanaryOutcome> failures(ReplayOutcome ended) {
        assertThat(ended.end()).isInstanceOf(CanaryFailed.class);
        return ((CanaryFailed) ended.end())
                .outcomes().stream().filter(CanaryOutcome::failed).toList();
    }

    /** @param pipeline does with each replayed record what a forwarder would */
    private ReplayOutcome withCanary(int count, Duration timeout, Consumer<ConsumerRecord<byte[], byte[]>> pipeline)
            throws InterruptedException {
        var progress = new ReplayProgress() {
            @Override
            public void canaryAwaited(int replayed) {
                assertThat(replayed).isEqualTo(count);
                world.read(world.topics().replays()).forEach(pipeline);
            }
        };
        var pace = new Limits(1_000, OptionalLong.empty(), new Canary(count, timeout));
        return job.run(request("ann", pace, "job-a"), progress, NEVER);
    }

    private void deliver(ConsumerRecord<byte[], byte[]> replay) {
        var receipt = Receipt.newBuilder()
                .setEventId("evt")
                .setAccountId(new String(replay.key(), UTF_8))
                .setCredytEventId("id")
                .setCustomer(new CredytReference(ReferenceKind.EXTERNAL_ID, "acme", null))
                .setOutcome("ACCEPTED")
                .setHttpStatus(200)
                .setAttempts(1)
                .setAcceptedAt(DeadLetterWorld.FAILED)
                .setSource(new SourceCoordinates(
                        replay.topic(), replay.partition(), replay.offset(), DeadLetterWorld.FAILED, null))
                .setDeliverablePartition(replay.partition())
                .setDeliverableOffset(0)
                .build();
        String topic = world.topics().receipts();
        world.send(topic, replay.partition(), replay.key(), world.encoded(topic, receipt));
    }

    private CompletableFuture<ReplayOutcome> inBackground(ReplayRequest request, Cancellation cancellation) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return job.run(request, ReplayProgress.SILENT, cancellation);
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        });
    }

    private ReplayOutcome run(ReplayRequest request) throws InterruptedException {
        return job.run(request, ReplayProgress.SILENT, NEVER);
    }

    private static ReplayRequest request(String who, Limits pace, String name) {
        return new ReplayRequest(
                DeadLetterFilter.open(), Replay.unchanged(), false, new Audit(who, "test", name), pace);
    }

    private static ReplayRequest again(Limits pace, String name) {
        return new ReplayRequest(
                DeadLetterFilter.open().states(EnumSet.allOf(DeadLetterState.class)),
                Replay.unchanged(),
                true,
                new Audit("ann", "test", name),
                pace);
    }

    private static Limits pace(int perSecond) {
        return new Limits(perSecond, OptionalLong.empty(), Canary.none());
    }

    private static boolean justWait(Duration atMost) {
        try {
            TimeUnit.NANOSECONDS.sleep(atMost.toNanos());
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
