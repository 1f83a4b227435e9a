package io.usageflow.producer.internal.spool.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.producer.internal.spool.FakeKafka;
import io.usageflow.producer.internal.spool.SpoolFixture;
import io.usageflow.producer.internal.spool.drain.SpoolSender.FailureKind;
import io.usageflow.producer.internal.spool.drain.SpoolSender.SendResult;
import io.usageflow.producer.internal.spool.segment.Segment;
import io.usageflow.producer.internal.spool.segment.Segments.DiskBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of records that Kafka refuses, now or for ever. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class SpoolDrainerTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @AutoClose
    private SpoolFixture bench;

    @BeforeEach
    void open() throws IOException {
        bench = new SpoolFixture(folder, 1 << 20).open();
    }

    @Test
    void shouldDrainInOrderAndDeleteWhatKafkaHas() throws IOException {
        List<String> ids = bench.keep("e", 200);

        bench.awaitDrained();

        assertThat(bench.kafka.ids()).isEqualTo(ids);
        Awaitility.await().atMost(LONG).untilAsserted(() -> assertThat(segments(folder))
                .as("the newest may stay, it is being written")
                .hasSizeLessThanOrEqualTo(1));
        Awaitility.await().atMost(LONG).until(() -> bench.log.oldestAtMs().isEmpty());
    }

    @Test
    void shouldGoBackToTheFirstThatFailedAndKeepTheOrder() {
        bench.kafka.answers(false, 7);
        List<String> ids = bench.keep("e", 60);
        AtomicInteger failures = new AtomicInteger();
        bench.kafka.refuses(
                record -> record.id().equals("e33") && failures.incrementAndGet() <= 3 ? FailureKind.RETRIABLE : null);
        bench.kafka.answers(true, 7);

        bench.awaitDrained();

        assertThat(failures.get()).isGreaterThan(3);
        assertThat(bench.kafka.renewed).isGreaterThanOrEqualTo(3);
        assertThat(bench.kafka.ids()).as("nothing overtook what failed").isEqualTo(ids);
    }

    @Test
    void shouldSetAsideOnlyTheOneThatKafkaNeverTakesAndSendItWhenItIsMovedBack() throws IOException {
        bench.kafka.answers(false, 10);
        List<String> ids = bench.keep("e", 40);
        bench.kafka.refuses(record -> record.id().equals("e25") ? FailureKind.PERMANENT : null);
        bench.kafka.answers(true, 10);

        bench.awaitDrained();

        List<String> others = new ArrayList<>(ids);
        others.remove("e25");
        assertThat(bench.kafka.ids()).isEqualTo(others);
        assertThat(bench.log.filesAside()).isEqualTo(1);
        List<Path> aside = segments(folder.resolve("set-aside"));
        assertThat(aside).hasSize(1);
        assertThat(bench.budget.used()).isGreaterThanOrEqualTo(Files.size(aside.get(0)));
        bench.close();
        assertThat(segments(folder)).as("what was acknowledged is gone").isEmpty();

        Files.move(aside.get(0), folder.resolve(aside.get(0).getFileName()));
        bench.kafka = new FakeKafka();
        bench.open(new DiskBudget(1 << 20));
        bench.awaitDrained();
        assertThat(bench.kafka.ids()).containsExactly("e25");
        assertThat(bench.kafka.arrived.get(0).value()).isEqualTo(SpoolFixture.value("e25"));
        assertThat(bench.log.filesAside()).isZero();
    }

    @Test
    void shouldSetAsideWhatTheClientItselfWillNeverTake() {
        bench.kafka.hands(SendResult.permanent("RecordTooLargeException: too large"));

        bench.keep("large", 1);

        bench.awaitDrained();
        assertThat(bench.log.filesAside()).isEqualTo(1);
        bench.kafka.hands(SendResult.ACCEPTED);
        bench.keep("small", 1);
        bench.awaitDrained();
        assertThat(bench.kafka.ids()).containsExactly("small0");
    }

    @Test
    void shouldWaitOutWhatCanBeMendedAndSayWhy() {
        bench.kafka.hands(SendResult.retriable("TopicAuthorizationException: not allowed"));

        bench.keep("e", 3);

        Awaitility.await().atMost(LONG).until(() -> bench.log.hindrance().isPresent());
        assertThat(bench.log.hindrance()).hasValue("TopicAuthorizationException: not allowed");
        assertThat(bench.log.events()).isEqualTo(3);
        Awaitility.await().atMost(LONG).until(() -> bench.log.oldestAtMs().isPresent());
        bench.kafka.hands(SendResult.ACCEPTED);
        bench.awaitDrained();
        assertThat(bench.kafka.ids()).containsExactly("e0", "e1", "e2");
        Awaitility.await().atMost(LONG).until(() -> bench.log.hindrance().isEmpty());
    }

    @Test
    void shouldNotSendAgainAfterAnOrderlyEndWhatKafkaHas() throws IOException {
        bench.keep("e", 10);
        bench.awaitDrained();
        bench.kafka.answers(false, 1);
        bench.keep("f", 5);
        bench.close();

        bench.kafka = new FakeKafka();
        bench.open(new DiskBudget(1 << 20));

        bench.awaitDrained();
        assertThat(bench.kafka.ids()).containsExactly("f0", "f1", "f2", "f3", "f4");
    }

    private static List<Path> segments(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (var files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(Segment.SUFFIX))
                    .sorted()
                    .toList();
        }
    }
}
