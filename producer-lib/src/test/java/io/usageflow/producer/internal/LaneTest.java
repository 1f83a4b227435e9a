package io.usageflow.producer.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.producer.BufferFullException;
import io.usageflow.producer.NotDurableException;
import io.usageflow.producer.PublisherClosedException;
import io.usageflow.producer.internal.Lane.Drained;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LaneTest {
    private static final RecordMetadata META = new RecordMetadata(new TopicPartition("t", 0), 0, 0, 0, 0, 0);
    private static final long PARCEL_BYTES = 512 + 1 + 100;

    private final InFlight inFlight = new InFlight(new Tally());
    private final FakeOutlet outlet = new FakeOutlet();
    private final AtomicInteger calls = new AtomicInteger();

    @Test
    void shouldSendOnTheCallersThreadOnceWarm() {
        Lane lane = eager(1_000_000);
        outlet.warm = true;
        assertThat(lane.drain()).isEqualTo(Drained.ALL);

        lane.accept(parcel("a"));

        assertThat(outlet.taken).containsExactly("a");
        assertThat(calls).hasValue(0);
    }

    @Test
    void shouldLetParcelsWaitUntilWarmAndSendThemInOrder() {
        Lane lane = eager(1_000_000);
        outlet.answer = Attempt.LATER;
        Parcel<String> first = parcel("a");
        lane.accept(first);
        lane.accept(parcel("b"));
        assertThat(lane.drain()).isEqualTo(Drained.NONE);
        assertThat(first.future()).isNotDone();

        outlet.answer = Attempt.TAKEN;
        assertThat(lane.drain()).isEqualTo(Drained.ALL);
        lane.accept(parcel("c"));

        assertThat(outlet.taken).containsExactly("a", "b", "c");
        assertThat(outlet.warmed).as("what waits warms by being sent").hasValue(0);
    }

    @Test
    void shouldWarmAheadOfTheFirstParcelOnlyWhenEager() {
        Lane lazy = new Lane("t", outlet, bounds(1_000_000, 0, 60_000), false, calls::incrementAndGet);

        assertThat(lazy.drain()).isEqualTo(Drained.ALL);
        assertThat(outlet.warmed).hasValue(0);

        assertThat(eager(1_000_000).drain()).isEqualTo(Drained.NONE);
        assertThat(outlet.warmed).hasValue(1);
    }

    @Test
    void shouldCloseAgainWhenMetadataIsLostAndKeepTheOrder() {
        Lane lane = open();
        outlet.answer = Attempt.LATER;
        lane.accept(parcel("a"));
        assertThat(calls).as("the usher is called").hasValue(1);
        outlet.answer = Attempt.TAKEN;

        lane.accept(parcel("b"));
        assertThat(outlet.taken).as("b does not overtake a").isEmpty();
        assertThat(lane.drain()).isEqualTo(Drained.ALL);

        assertThat(outlet.taken).containsExactly("a", "b");
    }

    @Test
    void shouldAnswerAtOnceWhenTheRoomIsFull() {
        Lane lane = eager(2 * PARCEL_BYTES);
        lane.accept(parcel("a"));
        lane.accept(parcel("b"));

        Parcel<String> third = parcel("c");
        lane.accept(third);

        assertThat(third.future())
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                .withCauseInstanceOf(BufferFullException.class)
                .withMessageContaining("buffer.memory (" + 2 * PARCEL_BYTES + " bytes)")
                .withMessageContaining("publish.max.block.ms");
        assertThat(inFlight.snapshot()).extracting(Parcel::id).containsExactly("a", "b");
    }

    @Test
    void shouldAnswerAtOnceWhenKafkasBufferIsFull() {
        Lane lane = open();
        outlet.answer = Attempt.NO_ROOM;
        Parcel<String> parcel = parcel("a");

        lane.accept(parcel);

        assertThat(parcel.future()).isCompletedExceptionally();
        assertThat(lane.drain()).isEqualTo(Drained.ALL);
        outlet.answer = Attempt.TAKEN;
        lane.accept(parcel("b"));
        assertThat(outlet.taken).as("the lane stays open").containsExactly("b");
    }

    @Test
    void shouldKeepWhatItAcceptedWhenKafkasBufferIsFullLater() {
        Lane lane = eager(1_000_000);
        Parcel<String> parcel = parcel("a");
        lane.accept(parcel);
        outlet.answer = Attempt.NO_ROOM;

        assertThat(lane.drain()).isEqualTo(Drained.NONE);
        assertThat(parcel.future()).isNotDone();
        outlet.answer = Attempt.TAKEN;
        assertThat(lane.drain()).isEqualTo(Drained.ALL);

        assertThat(outlet.taken).containsExactly("a");
    }

    @Test
    void shouldLetACallerWaitForRoomWhenAskedTo() throws InterruptedException {
        Lane lane = new Lane("t", outlet, bounds(PARCEL_BYTES, 600_000, 600_000), true, calls::incrementAndGet);
        lane.accept(parcel("a"));
        Parcel<String> second = parcel("b");
        Thread caller = new Thread(() -> lane.accept(second));
        caller.start();
        Awaitility.await().until(() -> caller.getState() == Thread.State.TIMED_WAITING);

        outlet.answer = Attempt.TAKEN;
        lane.drain();
        caller.join();
        lane.drain();

        assertThat(outlet.taken).containsExactly("a", "b");
    }

    @Test
    void shouldFailWhatWaitsLongerThanItMay() {
        Lane lane = new Lane("t", outlet, bounds(1_000_000, 0, 0), true, calls::incrementAndGet);
        Parcel<String> parcel = parcel("a");
        parcel.hinderedBy(new TimeoutException("Topic t not present in metadata"));
        lane.accept(parcel);

        Awaitility.await().until(() -> {
            lane.drain();
            return parcel.future().isDone();
        });

        assertThat(parcel.future())
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                .withCauseInstanceOf(NotDurableException.class)
                .withMessageContaining("delivery.timeout.ms (0 ms)")
                .withMessageContaining("not present in metadata")
                .withMessageContaining("same id is safe");
    }

    /** Otherwise the next caller would ask the registry on its own thread. */
    @Test
    void shouldNotOpenBecauseOfAParcelThatFailed() {
        Lane lane = eager(1_000_000);
        outlet.answer = Attempt.FAILED;
        lane.accept(parcel("a"));

        assertThat(lane.drain()).as("still to be warmed").isEqualTo(Drained.NONE);
        assertThat(outlet.warmed).hasValue(1);

        int attempts = outlet.attempts.get();
        lane.accept(parcel("b"));
        assertThat(outlet.attempts).hasValue(attempts);
    }

    @Test
    void shouldNotOpenBecauseOfATombstoneWhichTeachesNoSchema() {
        Lane lane = new Lane("t", outlet, bounds(1_000_000, 0, 60_000), false, calls::incrementAndGet);
        outlet.answer = Attempt.TAKEN;
        Parcel<String> tombstone = new Parcel<>("k", "k", null, null, (id, at) -> id, inFlight);
        tombstone.weigh(0);
        lane.accept(tombstone);
        assertThat(lane.drain()).isEqualTo(Drained.ALL);

        int attempts = outlet.attempts.get();
        lane.accept(parcel("b"));

        assertThat(outlet.attempts).as("waits for the usher").hasValue(attempts);
    }

    @Test
    void shouldRefuseWhatComesAfterClosingAndSendWhatCameBefore() {
        Lane lane = eager(1_000_000);
        lane.accept(parcel("a"));

        lane.close();
        Parcel<String> late = parcel("b");
        lane.accept(late);

        assertThat(late.future())
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                .withCauseInstanceOf(PublisherClosedException.class);
        outlet.answer = Attempt.TAKEN;
        lane.drain();
        assertThat(outlet.taken).containsExactly("a");
    }

    @Test
    void shouldHandBackWhatStillWaits() {
        Lane lane = eager(1_000_000);
        lane.accept(parcel("a"));
        lane.close();

        assertThat(lane.abandon()).extracting(Parcel::id).containsExactly("a");
        assertThat(lane.abandon()).isEmpty();
    }

    /** Lanes open and close at random while several threads publish: each thread's own order holds, nothing is missing. */
    @Test
    void shouldKeepEachThreadsOrderWhateverKafkaAnswers() throws InterruptedException {
        int threads = 4;
        int each = 2_000;
        Usher usher = new Usher("usher-under-test");
        Lane lane = new Lane("t", outlet, bounds(1_000_000_000, 0, 600_000), true, usher::call);
        outlet.whims = true;
        outlet.warm = true;
        usher.start(List.of(lane));
        CountDownLatch done = new CountDownLatch(threads);
        for (int t = 0; t < threads; t++) {
            int name = t;
            new Thread(() -> {
                        for (int i = 0; i < each; i++) {
                            lane.accept(parcel(name + "-" + i));
                        }
                        done.countDown();
                    })
                    .start();
        }

        done.await();
        List<Parcel<?>> awaited = inFlight.snapshot();
        inFlight.await(awaited, System.nanoTime() + TimeUnit.MINUTES.toNanos(1));
        usher.stop();

        for (int t = 0; t < threads; t++) {
            String prefix = t + "-";
            assertThat(outlet.taken.stream().filter(id -> id.startsWith(prefix)))
                    .containsExactlyElementsOf(
                            IntStream.range(0, each).mapToObj(i -> prefix + i).toList());
        }
    }

    private Lane open() {
        Lane lane = eager(1_000_000);
        outlet.warm = true;
        lane.drain();
        return lane;
    }

    private Lane eager(long bytesMax) {
        return new Lane("t", outlet, bounds(bytesMax, 0, 60_000), true, calls::incrementAndGet);
    }

    private static Lane.Bounds bounds(long bytesMax, long blockMsMax, long waitMsMax) {
        return new Lane.Bounds(bytesMax, blockMsMax, waitMsMax, false);
    }

    private Parcel<String> parcel(String id) {
        Parcel<String> parcel = new Parcel<>(id, "k", Samples.event(), null, (name, at) -> name, inFlight);
        parcel.weigh(100);
        inFlight.add(parcel);
        return parcel;
    }

    /** Answers as told; a taken parcel is durable at once. */
    private static final class FakeOutlet implements Outlet {
        private final List<String> taken = Collections.synchronizedList(new ArrayList<>());
        private final AtomicInteger warmed = new AtomicInteger();
        private final AtomicInteger attempts = new AtomicInteger();
        private volatile boolean warm;
        private volatile boolean whims;
        private volatile Attempt answer = Attempt.TAKEN;

        @Override
        public boolean warm() {
            warmed.incrementAndGet();
            return warm;
        }

        @Override
        public boolean encode(Parcel<?> parcel) {
            parcel.encodedAs(new byte[100]);
            return true;
        }

        @Override
        public Attempt attempt(Parcel<?> parcel) {
            int number = attempts.incrementAndGet();
            Attempt now = whims && number % 97 == 0 ? Attempt.LATER : answer;
            if (now == Attempt.TAKEN) {
                if (parcel.content() != null) {
                    encode(parcel);
                }
                taken.add(parcel.id());
                parcel.onCompletion(META, null);
            } else if (now == Attempt.FAILED) {
                parcel.fail(new NotDurableException(parcel.id(), "refused", null));
            }
            return now;
        }
    }
}
