package io.usageflow.producer.internal.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.producer.BufferFullException;
import io.usageflow.producer.NotDurableException;
import io.usageflow.producer.PublisherClosedException;
import io.usageflow.producer.internal.accounting.PendingRecord;
import io.usageflow.producer.internal.accounting.PendingRecords;
import io.usageflow.producer.internal.accounting.PublisherCounters;
import io.usageflow.producer.internal.buffer.RecordSender.Outcome;
import io.usageflow.producer.internal.buffer.TopicBuffer.Drained;
import io.usageflow.producer.internal.transport.Transport.TopicKind;
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
class TopicBufferTest {
    private static final RecordMetadata META = new RecordMetadata(new TopicPartition("t", 0), 0, 0, 0, 0, 0);
    private static final long PARCEL_BYTES = 512 + 1 + 100;
    private static final Duration LONG = Duration.ofMinutes(1);

    private final PendingRecords inFlight = new PendingRecords(new PublisherCounters());
    private final FakeSender sender = new FakeSender();
    private final AtomicInteger calls = new AtomicInteger();

    @Test
    void shouldSendOnTheCallersThreadOnceWarm() {
        TopicBuffer buffer = eager(1_000_000);
        sender.warm = true;
        assertThat(buffer.drain()).isEqualTo(Drained.ALL);

        buffer.accept(record("a"));

        assertThat(sender.taken).containsExactly("a");
        assertThat(calls).hasValue(0);
    }

    @Test
    void shouldLetRecordsWaitUntilWarmAndSendThemInOrder() {
        TopicBuffer buffer = eager(1_000_000);
        sender.answer = Outcome.RETRY;
        PendingRecord<String> first = record("a");
        buffer.accept(first);
        buffer.accept(record("b"));
        assertThat(buffer.drain()).isEqualTo(Drained.NONE);
        assertThat(first.future()).isNotDone();

        sender.answer = Outcome.ACCEPTED;
        assertThat(buffer.drain()).isEqualTo(Drained.ALL);
        buffer.accept(record("c"));

        assertThat(sender.taken).containsExactly("a", "b", "c");
        assertThat(sender.warmed).as("what waits warms by being sent").hasValue(0);
    }

    @Test
    void shouldWarmUpAheadOfTheFirstRecordOnlyIfAsked() {
        TopicBuffer lazy = new TopicBuffer("t", sender, bounds(1_000_000, 0, 60_000), false, calls::incrementAndGet);

        assertThat(lazy.drain()).isEqualTo(Drained.ALL);
        assertThat(sender.warmed).hasValue(0);

        assertThat(eager(1_000_000).drain()).isEqualTo(Drained.NONE);
        assertThat(sender.warmed).hasValue(1);
    }

    @Test
    void shouldCloseAgainWhenMetadataIsLostAndKeepTheOrder() {
        TopicBuffer buffer = open();
        sender.answer = Outcome.RETRY;
        buffer.accept(record("a"));
        assertThat(calls).as("the drainer is called").hasValue(1);
        sender.answer = Outcome.ACCEPTED;

        buffer.accept(record("b"));
        assertThat(sender.taken).as("b does not overtake a").isEmpty();
        assertThat(buffer.drain()).isEqualTo(Drained.ALL);

        assertThat(sender.taken).containsExactly("a", "b");
    }

    @Test
    void shouldAnswerAtOnceWhenTheRoomIsFull() {
        TopicBuffer buffer = eager(2 * PARCEL_BYTES);
        buffer.accept(record("a"));
        buffer.accept(record("b"));

        PendingRecord<String> third = record("c");
        buffer.accept(third);

        assertThat(third.future())
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                .withCauseInstanceOf(BufferFullException.class)
                .withMessageContaining("buffer.memory (" + 2 * PARCEL_BYTES + " bytes)")
                .withMessageContaining("publish.max.block.ms");
        assertThat(inFlight.snapshot()).extracting(PendingRecord::id).containsExactly("a", "b");
    }

    @Test
    void shouldAnswerAtOnceWhenKafkasBufferIsFull() {
        TopicBuffer buffer = open();
        sender.answer = Outcome.BUFFER_FULL;
        PendingRecord<String> record = record("a");

        buffer.accept(record);

        assertThat(record.future()).isCompletedExceptionally();
        assertThat(buffer.drain()).isEqualTo(Drained.ALL);
        sender.answer = Outcome.ACCEPTED;
        buffer.accept(record("b"));
        assertThat(sender.taken).as("the buffer stays open").containsExactly("b");
    }

    @Test
    void shouldKeepWhatItAcceptedWhenKafkasBufferIsFullLater() {
        TopicBuffer buffer = eager(1_000_000);
        PendingRecord<String> record = record("a");
        buffer.accept(record);
        sender.answer = Outcome.BUFFER_FULL;

        assertThat(buffer.drain()).isEqualTo(Drained.NONE);
        assertThat(record.future()).isNotDone();
        sender.answer = Outcome.ACCEPTED;
        assertThat(buffer.drain()).isEqualTo(Drained.ALL);

        assertThat(sender.taken).containsExactly("a");
    }

    @Test
    void shouldLetACallerWaitForRoomWhenAskedTo() throws InterruptedException {
        TopicBuffer buffer =
                new TopicBuffer("t", sender, bounds(PARCEL_BYTES, 600_000, 600_000), true, calls::incrementAndGet);
        buffer.accept(record("a"));
        PendingRecord<String> second = record("b");
        Thread caller = new Thread(() -> buffer.accept(second));
        caller.start();
        Awaitility.await().atMost(LONG).until(() -> caller.getState() == Thread.State.TIMED_WAITING);

        sender.answer = Outcome.ACCEPTED;
        buffer.drain();
        caller.join();
        buffer.drain();

        assertThat(sender.taken).containsExactly("a", "b");
    }

    @Test
    void shouldFailWhatWaitsLongerThanItMay() {
        TopicBuffer buffer = new TopicBuffer("t", sender, bounds(1_000_000, 0, 0), true, calls::incrementAndGet);
        PendingRecord<String> record = record("a");
        record.hinderedBy(new TimeoutException("Topic t not present in metadata"));
        buffer.accept(record);

        Awaitility.await().atMost(LONG).until(() -> {
            buffer.drain();
            return record.future().isDone();
        });

        assertThat(record.future())
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                .withCauseInstanceOf(NotDurableException.class)
                .withMessageContaining("delivery.timeout.ms (0 ms)")
                .withMessageContaining("not present in metadata")
                .withMessageContaining("same id is safe");
    }

    /** Otherwise the next caller would ask the registry on its own thread. */
    @Test
    void shouldNotOpenBecauseOfARecordThatFailed() {
        TopicBuffer buffer = eager(1_000_000);
        sender.answer = Outcome.FAILED;
        buffer.accept(record("a"));

        assertThat(buffer.drain()).as("still to be warmed").isEqualTo(Drained.NONE);
        assertThat(sender.warmed).hasValue(1);

        int attempts = sender.attempts.get();
        buffer.accept(record("b"));
        assertThat(sender.attempts).hasValue(attempts);
    }

    @Test
    void shouldNotOpenBecauseOfATombstoneWhichTeachesNoSchema() {
        TopicBuffer buffer = new TopicBuffer("t", sender, bounds(1_000_000, 0, 60_000), false, calls::incrementAndGet);
        sender.answer = Outcome.ACCEPTED;
        PendingRecord<String> tombstone = new PendingRecord<>("k", "k", null, null, (id, at) -> id, inFlight);
        tombstone.setWireBytes(0);
        buffer.accept(tombstone);
        assertThat(buffer.drain()).isEqualTo(Drained.ALL);

        int attempts = sender.attempts.get();
        buffer.accept(record("b"));

        assertThat(sender.attempts).as("waits for the drainer").hasValue(attempts);
    }

    @Test
    void shouldRefuseWhatComesAfterClosingAndSendWhatCameBefore() {
        TopicBuffer buffer = eager(1_000_000);
        buffer.accept(record("a"));

        buffer.close();
        PendingRecord<String> late = record("b");
        buffer.accept(late);

        assertThat(late.future())
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                .withCauseInstanceOf(PublisherClosedException.class);
        sender.answer = Outcome.ACCEPTED;
        buffer.drain();
        assertThat(sender.taken).containsExactly("a");
    }

    @Test
    void shouldHandBackWhatStillWaits() {
        TopicBuffer buffer = eager(1_000_000);
        buffer.accept(record("a"));
        buffer.close();

        assertThat(buffer.abandon()).extracting(PendingRecord::id).containsExactly("a");
        assertThat(buffer.abandon()).isEmpty();
    }

    /** Lanes open and close at random while several threads publish: each thread's own order holds, nothing is missing. */
    @Test
    void shouldKeepEachThreadsOrderWhateverKafkaAnswers() throws InterruptedException {
        int threads = 4;
        int each = 2_000;
        BufferDrainer drainer = new BufferDrainer("drainer-under-test");
        TopicBuffer buffer = new TopicBuffer("t", sender, bounds(1_000_000_000, 0, 600_000), true, drainer::wake);
        sender.whims = true;
        sender.warm = true;
        drainer.start(List.of(buffer));
        CountDownLatch done = new CountDownLatch(threads);
        for (int t = 0; t < threads; t++) {
            int name = t;
            new Thread(() -> {
                        for (int i = 0; i < each; i++) {
                            buffer.accept(record(name + "-" + i));
                        }
                        done.countDown();
                    })
                    .start();
        }

        done.await();
        List<PendingRecord<?>> awaited = inFlight.snapshot();
        inFlight.await(awaited, System.nanoTime() + LONG.toNanos());
        drainer.stop();

        for (int t = 0; t < threads; t++) {
            String prefix = t + "-";
            assertThat(sender.taken.stream().filter(id -> id.startsWith(prefix)))
                    .containsExactlyElementsOf(
                            IntStream.range(0, each).mapToObj(i -> prefix + i).toList());
        }
    }

    private TopicBuffer open() {
        TopicBuffer buffer = eager(1_000_000);
        sender.warm = true;
        buffer.drain();
        return buffer;
    }

    private TopicBuffer eager(long bytesMax) {
        return new TopicBuffer("t", sender, bounds(bytesMax, 0, 60_000), true, calls::incrementAndGet);
    }

    private static TopicBuffer.Bounds bounds(long bytesMax, long blockMsMax, long waitMsMax) {
        return new TopicBuffer.Bounds(bytesMax, blockMsMax, waitMsMax, false);
    }

    private PendingRecord<String> record(String id) {
        PendingRecord<String> record =
                new PendingRecord<>(id, "k", TopicKind.EVENTS.probe(), null, (name, at) -> name, inFlight);
        record.setWireBytes(100);
        inFlight.add(record);
        return record;
    }

    /** Answers as told; a taken record is durable at once. */
    private static final class FakeSender implements RecordSender {
        private final List<String> taken = Collections.synchronizedList(new ArrayList<>());
        private final AtomicInteger warmed = new AtomicInteger();
        private final AtomicInteger attempts = new AtomicInteger();
        private volatile boolean warm;
        private volatile boolean whims;
        private volatile Outcome answer = Outcome.ACCEPTED;

        @Override
        public boolean warmUp() {
            warmed.incrementAndGet();
            return warm;
        }

        @Override
        public boolean encode(PendingRecord<?> record) {
            record.encodedAs(new byte[100]);
            return true;
        }

        @Override
        public Outcome send(PendingRecord<?> record) {
            int number = attempts.incrementAndGet();
            Outcome now = whims && number % 97 == 0 ? Outcome.RETRY : answer;
            if (now == Outcome.ACCEPTED) {
                if (record.content() != null) {
                    encode(record);
                }
                taken.add(record.id());
                record.onCompletion(META, null);
            } else if (now == Outcome.FAILED) {
                record.fail(new NotDurableException(record.id(), "refused", null));
            }
            return now;
        }
    }
}
