package io.usageflow.forwarder.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.usageflow.embedded.EmbeddedBrokerOptions;
import io.usageflow.embedded.ForkedBroker;
import io.usageflow.embedded.SchemaRegistryServer;
import io.usageflow.embedded.TopicCreation;
import io.usageflow.forwarder.admission.Admission;
import io.usageflow.forwarder.admission.streams.AdmissionContext;
import io.usageflow.forwarder.config.AdmissionSettings;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.TopicReader;
import io.usageflow.forwarder.testing.ImpatientKafka;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.UsagePublisher;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A service that publishes with the spool on is killed at random points, with the broker up, down and flapping, which is
 * killed, too. In the end, every event whose future completed is admitted, once, in the order of its account; and nothing
 * is admitted that nobody tried to publish.
 *
 * <p>Rounds: {@code -Dusageflow.fault.rounds}; {@code -Dusageflow.fault.seed} repeats the same choices.
 */
class SpoolKillIT {
    private static final int ROUNDS = Integer.getInteger("usageflow.fault.rounds", 2);
    private static final long SEED = Long.getLong("usageflow.fault.seed", System.nanoTime());
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Topics TOPICS = Topics.withDefaultPrefix();
    private static final int PARTITIONS = 4;
    private static final String LAST = "the-last-of-";

    private enum Broker {
        FLAPPING,
        DOWN,
        UP
    }

    @TempDir
    Path folder;

    private final Random random = new Random(SEED);
    private final String story = "-Dusageflow.fault.seed=" + SEED + " in " + ROUNDS + " rounds";

    @AutoClose
    private final SchemaRegistryServer registry = SchemaRegistryServer.start(0);

    @AutoClose
    private final ForkedBroker broker =
            ForkedBroker.start(EmbeddedBrokerOptions.defaults().withSettings(ImpatientKafka.BROKER));

    private final Set<String> tried = new HashSet<>();
    private final Set<String> confirmed = new LinkedHashSet<>();
    private boolean up = true;

    @Test
    void shouldAdmitOnceWhateverWasPromisedHoweverTheServiceDies() throws Exception {
        TopicCreation.create(broker.bootstrapServers(), TOPICS.specs(PARTITIONS, Duration.ofDays(35)));
        int confirmedInVain = 0;
        for (int round = 0; round < ROUNDS; round++) {
            confirmedInVain += live(round, Broker.values()[round % Broker.values().length]);
        }
        ensureUp();
        assertThat(confirmedInVain).as("no round without an event; %s", story).isZero();

        drainTheRest();

        Map<String, List<String>> admitted = admitted();
        List<String> all = new ArrayList<>();
        admitted.values().forEach(all::addAll);
        assertThat(all).as("admitted twice; %s", story).doesNotHaveDuplicates();
        assertThat(missing(confirmed, all)).as("promised and lost; %s", story).isEmpty();
        assertThat(missing(all, tried))
                .as("admitted and never tried; %s", story)
                .isEmpty();
        assertThat(admitted.values()).as("order of accounts; %s", story).allSatisfy(ids -> assertThat(ids)
                .isSorted());
    }

    /** Returns 1 if it was killed before it had any event, which only a round that is killed while it starts may be. */
    private int live(int round, Broker mode) throws Exception {
        boolean whileItStarts = round % 5 == 4;
        if (mode == Broker.DOWN) {
            broker.kill();
            up = false;
        } else {
            ensureUp();
        }
        Thread flapping = null;
        try (PublishingProcess service = PublishingProcess.launch(folder, String.format("r%03d", round), settings())) {
            if (mode == Broker.FLAPPING) {
                flapping = new Thread(this::flap);
                flapping.start();
            }
            if (whileItStarts) {
                LockSupport.parkNanos(
                        Duration.ofMillis(300 + random.nextInt(1_500)).toNanos());
            } else {
                await(story).atMost(LIMIT).until(() -> died(service) || service.hasConfirmed());
                assertIsTheOwner(service);
                LockSupport.parkNanos(Duration.ofMillis(random.nextInt(mode == Broker.FLAPPING ? 5_000 : 1_500))
                        .toNanos());
            }
            died(service);
            service.close();
            if (flapping != null) {
                flapping.join();
            }
            tried.addAll(service.tried());
            confirmed.addAll(service.confirmed());
            assertThat(service.failed()).as("nothing is refused; %s", story).isEmpty();
            return service.confirmed().isEmpty() && !whileItStarts ? 1 : 0;
        }
    }

    private void flap() {
        LockSupport.parkNanos(Duration.ofMillis(random.nextInt(2_000)).toNanos());
        broker.restart();
    }

    private void ensureUp() {
        if (!up) {
            broker.restart();
            up = true;
        }
    }

    private boolean died(PublishingProcess service) {
        assertThat(service.isAlive())
                .as("lives until it is killed; %s%n%s", story, service.log())
                .isTrue();
        return false;
    }

    private void assertIsTheOwner(PublishingProcess service) {
        assertThatThrownBy(() -> UsagePublisher.create(settings()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("spool.dir")
                .hasMessageContaining("process " + service.pid());
    }

    private Map<String, String> settings() {
        return new TreeMap<>(Map.of(
                "bootstrap.servers", broker.bootstrapServers(),
                "schema.registry.url", registry.url(),
                "reconnect.backoff.max.ms", "200",
                "spool.dir", folder.resolve("spool").toString()));
    }

    /** As the service's next start would; and marks the end of each account. */
    private void drainTheRest() {
        try (UsagePublisher publisher = UsagePublisher.create(settings())) {
            for (int i = 0; i < PublishingMain.ACCOUNTS; i++) {
                publisher.publish(UsageEvent.of("end").id(LAST + i).account("acct-" + i));
            }
            assertThat(publisher.flush(LIMIT).isEmpty()).isTrue();
            await(story)
                    .atMost(LIMIT)
                    .until(() -> publisher.spool().orElseThrow().events() == 0);
            assertThat(publisher.spool().orElseThrow().damaged()).isZero();
        }
    }

    /** By account, in order; complete once each account's last event is there. */
    private Map<String, List<String>> admitted() throws IOException {
        Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
        Map<String, Object> serde = Map.of("schema.registry.url", registry.url());
        AdmissionSettings settings =
                AdmissionSettings.from(new AbstractConfig(Settings.definition(), new HashMap<>(), false));
        Admission admission = new Admission(
                settings,
                new AdmissionContext(TOPICS, kafka, Map.of(), serde, folder.resolve("state")),
                new SimpleMeterRegistry());
        admission.start();
        try (Deserializer<DeliverableEvent> deserializer =
                AvroSerdes.valueDeserializer(serde, DeliverableEvent.class)) {
            Map<String, List<String>> admitted = new LinkedHashMap<>();
            await(story).atMost(LIMIT).until(() -> {
                admitted.clear();
                new TopicReader(kafka).read(TOPICS.deliverable(), record -> {
                    DeliverableEvent event = deserializer.deserialize(record.topic(), record.value());
                    admitted.computeIfAbsent(event.getAccountId(), account -> new ArrayList<>())
                            .add(event.getEventId());
                });
                return admitted.size() == PublishingMain.ACCOUNTS
                        && admitted.values().stream()
                                .allMatch(ids -> ids.get(ids.size() - 1).startsWith(LAST));
            });
            admitted.values().forEach(ids -> ids.remove(ids.size() - 1));
            return admitted;
        } finally {
            admission.close(Duration.ofSeconds(30));
        }
    }

    private static List<String> missing(Iterable<String> wanted, java.util.Collection<String> there) {
        Set<String> known = new HashSet<>(there);
        List<String> missing = new ArrayList<>();
        wanted.forEach(id -> {
            if (!known.contains(id)) {
                missing.add(id);
            }
        });
        return missing;
    }
}
