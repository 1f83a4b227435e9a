package io.usageflow.forwarder.admission;

import static io.usageflow.forwarder.admission.AdmissionCluster.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.embedded.EmbeddedBrokerOptions;
import io.usageflow.embedded.SchemaRegistryServer;
import io.usageflow.forwarder.admission.Traffic.Sent;
import io.usageflow.forwarder.ledger.LedgerBalance;
import io.usageflow.forwarder.ledger.LedgerCounter;
import io.usageflow.forwarder.testing.ForwarderProcess;
import io.usageflow.forwarder.testing.ImpatientKafka;
import io.usageflow.forwarder.testing.Metrics;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeliverableEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Admission that forgets all the time, killed while events flow. One account has so many that their ids are forgotten
 * early; the others' ids expire after the shortest window. Repeats come soon, and after their ids are forgotten.
 *
 * <p>Rounds: {@code -Dusageflow.fault.rounds}; as many more follow as it takes to forget in both ways.
 */
class ForgettingKillIT {
    private static final int ROUNDS = Integer.getInteger("usageflow.fault.rounds", 2);
    private static final long SEED = Long.getLong("usageflow.fault.seed", System.nanoTime());
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final Duration PACE = Duration.ofMillis(20);
    /** Of the heavy account, for each one of the others. */
    private static final int HEAVIER = 20;

    private static final int REPEATED = 300;
    private static final int FILES_MIN = 10;

    @TempDir
    Path folder;

    private final SchemaRegistryServer registry = SchemaRegistryServer.start(0);
    private final AdmissionCluster cluster = new AdmissionCluster(
            registry.url(), EmbeddedBrokerOptions.defaults().withSettings(ImpatientKafka.BROKER));
    private final Random random = new Random(SEED);
    private final Published published = new Published("-Dusageflow.fault.seed=" + SEED);
    private final Traffic traffic = new Traffic(cluster, published, random);
    private final List<String> light = lightAccounts();
    private final Map<String, Long> forgotten = new HashMap<>(Map.of("window", 0L, "room", 0L));
    private ForwarderProcess forwarder;
    private int launches;
    private int bursts;

    @AfterEach
    void stop() {
        if (forwarder != null) {
            forwarder.close();
        }
        cluster.close();
        registry.close();
    }

    @Test
    void shouldAdmitEachEventOnceWhileItForgets() throws Exception {
        IndexFiles files = new IndexFiles(folder.resolve("state"));
        link();
        Instant end = Instant.now().plus(LIMIT);
        for (int round = 0; round < ROUNDS || forgotten.containsValue(0L); round++) {
            assertThat(Instant.now())
                    .as("forgets in time and early: %s; %s", forgotten, published)
                    .isBefore(end);
            launch();
            flowUntil(() -> says("event=admission_state state=RUNNING"));
            Instant kill = Instant.now().plusMillis(5_000 + random.nextInt(5_000));
            flowUntil(() -> Instant.now().isAfter(kill));
            countForgotten();
            forwarder.kill();
            files.note();
            repeatNearAndFar();
        }
        launch();
        List.copyOf(traffic.sent()).forEach(traffic::repeat);
        cluster.flush();
        awaitReceived();

        List<String> admitted = cluster.read(TOPICS.deliverable()).stream()
                .map(record -> cluster.decode(record, DeliverableEvent.class).getEventId())
                .toList();
        assertThat(admitted)
                .as(published.story)
                .containsExactlyInAnyOrderElementsOf(
                        traffic.sent().stream().map(Sent::id).toList());
        assertThat(cluster.read(TOPICS.deadLetters()))
                .as(published.story)
                .isNotEmpty()
                .allSatisfy(record -> assertThat(
                                cluster.decode(record, DeadLetter.class).getReason())
                        .isEqualTo("TOO_OLD"));
        LedgerBalance ledger = ledger();
        assertThat(total(ledger, LedgerCounter.DUPLICATE)).as("near repeats").isPositive();
        assertThat(total(ledger, LedgerCounter.DUPLICATE) + total(ledger, LedgerCounter.DEAD_LETTERED))
                .as(published.story)
                .isEqualTo(published.repeats());
        assertThat(files.seen()).as("files of ids").hasSizeGreaterThan(FILES_MIN);
    }

    private void link() {
        cluster.linkVendor(Traffic.VENDOR);
        traffic.link("heavy");
        light.forEach(traffic::link);
        cluster.flush();
    }

    private List<String> lightAccounts() {
        return IntStream.range(0, 100)
                .mapToObj(i -> "light-" + i)
                .filter(account -> cluster.home.of(account) != cluster.home.of("heavy"))
                .limit(6)
                .toList();
    }

    private void launch() {
        Map<String, String> settings = new HashMap<>(ImpatientKafka.ADMISSION);
        settings.put("kafka.bootstrap.servers", cluster.bootstrapServers());
        settings.put("schema.registry.url", registry.url());
        settings.put("roles", "admission");
        settings.put("admission.dedup.window", "1m");
        // No first event takes so long until Kafka has it.
        settings.put("admission.clock.skew", "15s");
        settings.put("admission.dedup.ids.max", "1000");
        settings.put("admission.dedup.heap.ids", "50");
        settings.put("state.dir", folder.resolve("state").toString());
        forwarder = ForwarderProcess.launch(folder.resolve("forwarder-" + launches++ + ".log"), settings);
    }

    private boolean says(String words) {
        assertThat(forwarder.isAlive()).as(forwarder::logTail).isTrue();
        return forwarder.log().contains(words);
    }

    private void flowUntil(BooleanSupplier reached) {
        Instant end = Instant.now().plus(LIMIT);
        while (!reached.getAsBoolean()) {
            assertThat(Instant.now()).as(forwarder::logTail).isBefore(end);
            traffic.event("heavy");
            traffic.event("heavy");
            if (bursts++ % HEAVIER == 0) {
                light.forEach(traffic::event);
            }
            LockSupport.parkNanos(PACE.toNanos());
        }
        cluster.flush();
    }

    private void repeatNearAndFar() {
        List<Sent> sent = List.copyOf(traffic.sent());
        sent.subList(Math.max(0, sent.size() - REPEATED), sent.size()).forEach(traffic::repeat);
        for (int i = 0; i < REPEATED; i++) {
            traffic.repeat(sent.get(random.nextInt(sent.size())));
        }
        cluster.flush();
    }

    private void countForgotten() throws InterruptedException {
        Metrics metrics = Metrics.scrape(forwarder.adminUrl().orElseThrow());
        forgotten.replaceAll((cause, count) ->
                count + (long) metrics.sum("usageflow_admission_ids_forgotten_ids_total", "cause=\"" + cause + "\""));
    }

    private void awaitReceived() {
        await(published.story)
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(500))
                .until(() -> {
                    assertThat(forwarder.isAlive()).as(forwarder::logTail).isTrue();
                    return total(ledger(), LedgerCounter.RECEIVED) >= published.toBeReceived();
                });
    }

    private LedgerBalance ledger() {
        return LedgerBalance.of(cluster.ledger().read(Duration.ofSeconds(30)));
    }

    private static long total(LedgerBalance ledger, LedgerCounter counter) {
        return ledger.total(LedgerBalance.ADMISSION, counter);
    }
}
