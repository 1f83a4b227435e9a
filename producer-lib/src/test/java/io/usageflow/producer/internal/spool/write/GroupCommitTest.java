package io.usageflow.producer.internal.spool.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.producer.NotDurableException;
import io.usageflow.producer.PublisherClosedException;
import io.usageflow.producer.SpoolFullException;
import io.usageflow.producer.internal.spool.SpoolFixture;
import io.usageflow.producer.internal.spool.WaitingCaller;
import io.usageflow.producer.internal.spool.segment.Segment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When a caller is told what. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class GroupCommitTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private SpoolFixture bench;

    @AfterEach
    void close() {
        bench.disk.onForce = () -> {};
        bench.close();
    }

    @Test
    void shouldTellNobodyBeforeTheDiskHasForcedIt() throws Exception {
        open(1 << 20);
        CountDownLatch forcing = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        bench.disk.onForce = () -> {
            forcing.countDown();
            await(go);
        };

        WaitingCaller first = bench.offer("first", "a");
        await(forcing);
        List<WaitingCaller> meanwhile = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            meanwhile.add(bench.offer("meanwhile-" + i, "a"));
        }

        // The bytes are written, the force has begun and has not returned: nothing may have happened.
        assertThat(first.future).isNotDone();
        assertThat(meanwhile).noneMatch(keeping -> keeping.future.isDone());
        assertThat(bench.kafka.takenNow()).isZero();
        assertThat(bench.log.events()).isZero();
        go.countDown();
        assertThat(first.future).succeedsWithin(LONG);
        meanwhile.forEach(keeping -> assertThat(keeping.future).succeedsWithin(LONG));
        assertThat(bench.disk.forces.get())
                .as("those who came while the disk was busy share a force, or a few where a segment was full")
                .isLessThan(15);
    }

    @Test
    void shouldWriteAgainIntoANewFileWhatAFailedForceLeftUnknown() throws Exception {
        open(1 << 20);
        bench.kafka.answers(false, 1);
        bench.keep("before-", 3);
        boolean[] failed = {false};
        bench.disk.onForce = () -> {
            if (!failed[0]) {
                failed[0] = true;
                bench.disk.failForces = "Input/output error";
            } else {
                bench.disk.failForces = null;
            }
        };

        assertThat(bench.offer("hit", "a").future).succeedsWithin(LONG);

        assertThat(segments())
                .as("the file that could not be forced is not used again")
                .hasSize(2);
        bench.keep("after-", 3);
        assertThat(segments()).hasSize(2);
        bench.kafka.answers(true, 1);
        bench.awaitDrained();
        assertThat(bench.kafka.ids())
                .containsExactly("before-0", "before-1", "before-2", "hit", "after-0", "after-1", "after-2");
    }

    @Test
    void shouldSayThatTheDiskFailsAndGoOnWhenItDoesNot() throws Exception {
        open(1 << 20);
        bench.keep("before-", 2);
        bench.disk.failForces = "Input/output error";

        assertThat(bench.offer("lost", "a").future)
                .failsWithin(LONG)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(NotDurableException.class)
                .withMessageContaining("spool.dir " + folder)
                .withMessageContaining("Input/output error");
        assertThat(bench.log.refused()).isEqualTo(1);
        bench.disk.failForces = null;

        awaitAccepted();
        bench.awaitDrained();
        assertThat(bench.kafka.ids()).startsWith("before-0", "before-1").doesNotContain("lost");
    }

    @Test
    void shouldRefuseWhileTheDiskIsFullAndRecoverByItself() throws Exception {
        open(1 << 20);
        bench.keep("before-", 2);
        bench.disk.failWrites = "No space left on device";

        assertThat(bench.offer("lost", "a").future)
                .failsWithin(LONG)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(SpoolFullException.class)
                .withMessageContaining("No space left on device")
                .withMessageContaining("Free disk space");
        assertThat(bench.offer("lost, too", "a").future).failsWithin(LONG);
        assertThat(bench.log.refused()).isEqualTo(2);
        bench.disk.failWrites = null;

        awaitAccepted();
        bench.awaitDrained();
        assertThat(bench.kafka.ids()).startsWith("before-0", "before-1").doesNotContain("lost", "lost, too");
        assertThat(Files.readAllBytes(segments().get(0)).length)
                .as("half a write is not left at the end")
                .isEqualTo((int) bench.budget.used());
    }

    @Test
    void shouldRefuseAtOnceWhenTheSpoolIsFullAndTakeMoreWhenKafkaHasTakenSome() throws Exception {
        open(10_000);
        bench.kafka.answers(false, 1);
        List<WaitingCaller> kept = new ArrayList<>();
        WaitingCaller last;
        do {
            last = bench.offer("e" + kept.size(), "a");
            kept.add(last);
            assertThat(kept).as("10 kB hold no 200 such records").hasSizeLessThan(200);
        } while (!last.future.isCompletedExceptionally());

        assertThat(last.future)
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(SpoolFullException.class)
                .withMessageContaining("spool.max.bytes (10000)")
                .withMessageContaining("publish.max.block.ms");
        kept.remove(last);
        kept.forEach(keeping -> assertThat(keeping.future).succeedsWithin(LONG));
        assertThat(bench.budget.used()).isLessThanOrEqualTo(10_000 + 1_000);
        bench.kafka.answers(true, 1);

        awaitAccepted();
        bench.awaitDrained();
        assertThat(bench.kafka.ids())
                .startsWith(kept.stream().map(WaitingCaller::id).toArray(String[]::new));
    }

    @Test
    void shouldBoundTheMemoryOfWhatWaitsForASlowDisk() throws Exception {
        bench = new SpoolFixture(folder, 1 << 20).memory(2_000).open();
        CountDownLatch forcing = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        bench.disk.onForce = () -> {
            forcing.countDown();
            await(go);
        };

        // Until the force has begun, the writer may take away what has gathered.
        WaitingCaller first = bench.offer("first", "a");
        await(forcing);
        List<WaitingCaller> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            all.add(bench.offer("e" + i, "a"));
        }

        assertThat(all.get(99).future)
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(SpoolFullException.class)
                .withMessageContaining("buffer.memory (2000 bytes)");
        go.countDown();
        assertThat(first.future).succeedsWithin(LONG);
        assertThat(all.get(0).future).succeedsWithin(LONG);
    }

    @Test
    void shouldWriteWhatItTookBeforeItEndsAndRefuseTheRest() throws Exception {
        open(1 << 20);
        CountDownLatch forcing = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        bench.disk.onForce = () -> {
            forcing.countDown();
            await(go);
        };
        WaitingCaller first = bench.offer("first", "a");
        await(forcing);
        WaitingCaller second = bench.offer("second", "a");

        bench.log.stopAccepting();

        assertThat(bench.offer("late", "a").future)
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(PublisherClosedException.class);
        go.countDown();
        assertThat(first.future).succeedsWithin(LONG);
        assertThat(second.future).succeedsWithin(LONG);
    }

    private void open(long bytesMax) throws IOException {
        bench = new SpoolFixture(folder, bytesMax).open();
    }

    private void awaitAccepted() {
        Awaitility.await().atMost(LONG).until(() -> {
            WaitingCaller next = bench.offer("again", "a");
            Awaitility.await().atMost(LONG).until(next.future::isDone);
            return !next.future.isCompletedExceptionally();
        });
    }

    private List<Path> segments() throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(Segment.SUFFIX))
                    .sorted()
                    .toList();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
