package io.usageflow.producer.internal.spool;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.usageflow.producer.internal.spool.drain.SpoolSender.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.slf4j.LoggerFactory;

/**
 * A log through any life: whatever was reported durable arrives, however often the power fails, the disk fails or Kafka
 * refuses; nothing arrives that was not offered; and of each key the first arrivals are in the order of offering.
 */
class SpoolLogProperties {
    /** What may happen. */
    private enum Step {
        OFFER,
        OFFER_MANY,
        KAFKA_AWAY,
        KAFKA_BACK,
        KAFKA_REFUSES_ONCE,
        KAFKA_WAITS,
        DISK_FAILS_ONCE,
        POWER_FAILS,
        STOP_IN_ORDER
    }

    @Provide
    Arbitrary<List<Step>> lives() {
        return Arbitraries.of(Step.class).list().ofMinSize(3).ofMaxSize(25);
    }

    /** It tells of every cut and every failure, which here are meant. */
    @BeforeContainer
    static void quiet() {
        ((Logger) LoggerFactory.getLogger("io.usageflow.producer.spool")).setLevel(Level.OFF);
    }

    @AfterContainer
    static void loud() {
        ((Logger) LoggerFactory.getLogger("io.usageflow.producer.spool")).setLevel(null);
    }

    @Property(tries = 40)
    void shouldDeliverWhatItPromisedThroughAnyLife(@ForAll("lives") List<Step> steps, @ForAll long seed)
            throws IOException {
        Path folder = Files.createTempDirectory("spool");
        try {
            new Life(folder, new Random(seed)).live(steps);
        } finally {
            try (var files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static final class Life {
        private final Path folder;
        private final Random random;
        private final List<String> offered = new ArrayList<>();
        private final Set<String> promised = new HashSet<>();
        private final List<WaitingCaller> open = new ArrayList<>();
        private final List<String> arrived = new ArrayList<>();
        private final FaultyDisk disk = new FaultyDisk();
        private SpoolFixture bench;
        private boolean away;

        Life(Path folder, Random random) throws IOException {
            this.folder = folder;
            this.random = random;
            begin();
        }

        void live(List<Step> steps) throws IOException {
            for (Step step : steps) {
                take(step);
            }
            restart(random.nextBoolean());
            bench.kafka.answers(true, 1 + random.nextInt(9));
            bench.awaitDrained();
            restart(false);
            assertThat(bench.log.events()).as("nothing is left").isZero();
            bench.close();

            assertThat(arrived).as("%s", steps).containsAll(promised);
            assertThat(offered).as("%s", steps).containsAll(arrived);
            assertThat(firstArrivalsByKey()).as("%s", steps).isEqualTo(offeredByKey(new HashSet<>(arrived)));
        }

        private void take(Step step) throws IOException {
            switch (step) {
                case OFFER -> offer(1);
                case OFFER_MANY -> offer(20 + random.nextInt(60));
                case KAFKA_AWAY -> {
                    away = true;
                    bench.kafka.answers(false, 3);
                }
                case KAFKA_BACK -> {
                    away = false;
                    bench.kafka.answers(true, 1 + random.nextInt(9));
                }
                case KAFKA_REFUSES_ONCE -> {
                    Set<String> refused = new HashSet<>();
                    bench.kafka.refuses(
                            record -> refused.size() < 2 && refused.add(record.id()) ? FailureKind.RETRIABLE : null);
                }
                case KAFKA_WAITS -> awaitPromises();
                case DISK_FAILS_ONCE -> {
                    // A write whose second attempt fails too is refused, so the attempts before must be over.
                    awaitPromises();
                    boolean[] failed = {false};
                    disk.onForce = () -> {
                        disk.failForces = failed[0] ? null : "Input/output error";
                        failed[0] = true;
                    };
                }
                case POWER_FAILS -> restart(true);
                case STOP_IN_ORDER -> restart(false);
                default -> throw new AssertionError(step);
            }
        }

        private void offer(int count) {
            for (int i = 0; i < count; i++) {
                String id = "e" + offered.size();
                offered.add(id);
                open.add(bench.offer(id, key(id)));
            }
        }

        private void awaitPromises() {
            for (WaitingCaller keeping : open) {
                promised.add(keeping.future.orTimeout(60, TimeUnit.SECONDS).join());
            }
            open.clear();
        }

        private void restart(boolean powerFails) throws IOException {
            if (powerFails) {
                // Those that are promised by now; the rest may or may not be on disk.
                open.stream().filter(keeping -> keeping.future.isDone()).forEach(keeping -> promised.add(keeping.id()));
                bench.kafka.answers(false, 1_000);
                disk.failForces = "power failed";
                disk.failWrites = "power failed";
                bench.close();
                open.stream()
                        .filter(keeping -> keeping.future.isDone() && !keeping.future.isCompletedExceptionally())
                        .forEach(keeping -> promised.add(keeping.id()));
                disk.loseWhatWasNotForced(folder, random);
                if (random.nextBoolean()) {
                    Files.deleteIfExists(folder.resolve("progress"));
                }
            } else {
                awaitPromises();
                bench.close();
            }
            open.clear();
            arrived.addAll(bench.kafka.ids());
            begin();
        }

        private void begin() throws IOException {
            disk.failForces = null;
            disk.failWrites = null;
            disk.onForce = () -> {};
            bench = new SpoolFixture(folder, 10 << 20, disk).segments(1_500).open();
            bench.kafka.answers(!away, 3);
        }

        private static String key(String id) {
            return "key-" + Math.floorMod(id.hashCode(), 3);
        }

        private Map<String, List<String>> firstArrivalsByKey() {
            return byKey(arrived.stream().distinct().toList());
        }

        private Map<String, List<String>> offeredByKey(Set<String> among) {
            return byKey(offered.stream().filter(among::contains).toList());
        }

        private static Map<String, List<String>> byKey(List<String> ids) {
            return ids.stream().collect(Collectors.groupingBy(Life::key));
        }
    }
}
