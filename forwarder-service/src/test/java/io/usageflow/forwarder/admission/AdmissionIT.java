package io.usageflow.forwarder.admission;

import static io.usageflow.forwarder.admission.AdmissionCluster.PARTITIONS;
import static io.usageflow.forwarder.admission.AdmissionCluster.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.forwarder.ledger.LedgerBalance;
import io.usageflow.forwarder.ledger.LedgerCounter;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.UsageEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Admission on a real broker, stopped and started in full flow. What must hold is computed from what was published, and
 * the ledger is compared with a recount of the topics.
 */
class AdmissionIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @TempDir
    Path folder;

    private final AdmissionCluster cluster = new AdmissionCluster("mock://" + UUID.randomUUID());
    private final Published published = new Published();

    /** What was published, and what must become of it. */
    private static final class Published {
        /** Of each account: its events' ids in the order of their first copies. */
        final Map<String, List<String>> idsByAccount = new LinkedHashMap<>();

        int records;
        int duplicates;
        int conflicts;
        int poison;
        int misplaced;
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void shouldAdmitEveryEventOnceThroughRestartsAndBalanceTheBooks() throws Exception {
        Admission first = cluster.admission(folder.resolve("one"));
        first.start();
        for (int i = 0; i < 5; i++) {
            cluster.link("linked-" + i);
            cluster.link("foreign-" + i);
        }
        publishRound(0);
        await().atMost(LIMIT).until(() -> !cluster.read(TOPICS.deliverable()).isEmpty());
        Thread flow = new Thread(() -> {
            for (int round = 1; round < 8; round++) {
                publishRound(round);
            }
        });
        flow.start();
        first.close(Duration.ofSeconds(20));

        Admission second = cluster.admission(folder.resolve("one"));
        second.start();
        for (int i = 0; i < 5; i++) {
            cluster.link("late-" + i);
        }
        await().atMost(LIMIT).until(() -> second.health().ready());
        second.close(Duration.ofSeconds(20));
        flow.join();
        cluster.flush();

        Admission elsewhere = cluster.admission(folder.resolve("two")); // no state: restored from Kafka
        elsewhere.start();
        awaitLedger(published.records);
        assertThat(cluster.meters.getMeters())
                .as("Streams' own metrics are bound")
                .anyMatch(meter -> meter.getId().getName().startsWith("kafka.stream"));
        elsewhere.close(Duration.ofSeconds(20));

        List<ConsumerRecord<byte[], byte[]>> deliverable = cluster.read(TOPICS.deliverable());
        List<ConsumerRecord<byte[], byte[]>> deadLetters = cluster.read(TOPICS.deadLetters());
        assertAdmittedOnceInOrder(deliverable);
        assertHeld(deadLetters);
        assertLedgerEqualsRecount(deliverable, deadLetters);
    }

    @Test
    void shouldReleaseInOrderWhenTheVendorsLinkArrives() {
        Admission admission = cluster.admission(folder, "admission.vendors.unlinked", "park");
        admission.start();
        cluster.link("acct_1");
        List<String> ids = List.of("req-1", "req-2", "req-3");
        ids.forEach(id -> cluster.publish(event(id, "acct_1")));
        cluster.flush();
        await().atMost(LIMIT)
                .until(() -> LedgerBalance.of(cluster.ledger().read(Duration.ofSeconds(30)))
                                .total(LedgerBalance.ADMISSION, LedgerCounter.PARKED)
                        == ids.size());

        cluster.linkVendor("openai");

        await().atMost(LIMIT).until(() -> cluster.read(TOPICS.deliverable()).size() == ids.size());
        admission.close(Duration.ofSeconds(20));
        List<DeliverableEvent> released = cluster.read(TOPICS.deliverable()).stream()
                .map(record -> cluster.decode(record, DeliverableEvent.class))
                .toList();
        assertThat(released).extracting(DeliverableEvent::getEventId).isEqualTo(ids);
        assertThat(released)
                .allMatch(event -> event.getVendors().get("openai").getValue().equals("vendor-openai"));
    }

    private void publishRound(int round) {
        Random random = new Random(round);
        for (int i = 0; i < 300; i++) {
            String account =
                    List.of("linked-", "late-", "never-", "foreign-").get(random.nextInt(4)) + random.nextInt(5);
            String id = "r" + round + "-" + i;
            UsageEvent event = event(id, account);
            published
                    .idsByAccount
                    .computeIfAbsent(account, a -> new ArrayList<>())
                    .add(id);
            if (account.startsWith("foreign-")) {
                // A client that hashes otherwise.
                publish(event, random.nextInt(PARTITIONS));
            } else {
                publish(event, cluster.home.of(account));
            }
            if (i % 7 == 0) {
                published.duplicates++;
                publish(event, cluster.home.of(account));
            }
            if (i % 50 == 0 && !account.startsWith("foreign-")) {
                published.conflicts++;
                UsageEvent changed = event(id, account);
                changed.setEventType("another");
                publish(changed, cluster.home.of(account));
            }
            if (i % 97 == 0) {
                published.poison++;
                published.records++;
                cluster.publishRaw(random.nextInt(PARTITIONS), new byte[] {9, 9, 9});
            }
        }
    }

    private void publish(UsageEvent event, int partition) {
        published.records++;
        if (partition != cluster.home.of(event.getAccountId())) {
            published.misplaced++;
        }
        cluster.publish(event, partition);
    }

    private static UsageEvent event(String id, String account) {
        UsageEvent event = Events.event(id, account);
        event.setOccurredAt(Instant.now());
        return event;
    }

    private void awaitLedger(long received) {
        await().atMost(LIMIT).pollInterval(Duration.ofMillis(500)).untilAsserted(() -> {
            LedgerBalance balance = LedgerBalance.of(cluster.ledger().read(Duration.ofSeconds(30)));
            assertThat(balance.findings()).isEmpty();
            assertThat(balance.total(LedgerBalance.ADMISSION, LedgerCounter.RECEIVED))
                    .as(() -> balance.totals(LedgerBalance.ADMISSION).toString())
                    .isEqualTo(received);
            // The links came after the events: what they release is not in "received".
            assertThat(balance.total(LedgerBalance.ADMISSION, LedgerCounter.PARKED))
                    .as(() -> balance.totals(LedgerBalance.ADMISSION) + " in " + balance.partitions())
                    .isEqualTo(neverLinked());
        });
    }

    private long neverLinked() {
        return published.idsByAccount.entrySet().stream()
                .filter(account -> account.getKey().startsWith("never-"))
                .mapToLong(account -> account.getValue().size())
                .sum();
    }

    private void assertAdmittedOnceInOrder(List<ConsumerRecord<byte[], byte[]>> records) {
        Map<String, List<String>> delivered = new LinkedHashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            DeliverableEvent event = cluster.decode(record, DeliverableEvent.class);
            assertThat(record.partition()).isEqualTo(cluster.home.of(event.getAccountId()));
            assertThat(event.getCustomer().getValue()).isEqualTo("cust-" + event.getAccountId());
            delivered
                    .computeIfAbsent(event.getAccountId(), account -> new ArrayList<>())
                    .add(event.getEventId());
        }
        Map<String, List<String>> expected = new TreeMap<>(published.idsByAccount);
        expected.keySet().removeIf(account -> account.startsWith("never-"));
        assertThat(delivered.keySet()).isEqualTo(expected.keySet());
        expected.forEach((account, ids) -> {
            if (account.startsWith("foreign-")) {
                // Published to any partition, so there is no order to keep; but none twice and none missing.
                assertThat(delivered.get(account)).containsExactlyInAnyOrderElementsOf(ids);
            } else {
                assertThat(delivered.get(account)).isEqualTo(ids);
            }
        });
    }

    private void assertHeld(List<ConsumerRecord<byte[], byte[]>> records) {
        List<DeadLetter> letters = records.stream()
                .map(record -> cluster.decode(record, DeadLetter.class))
                .toList();
        Set<String> ids = new HashSet<>();
        assertThat(letters).allMatch(letter -> ids.add(letter.getId()));
        assertThat(letters.stream().collect(Collectors.groupingBy(DeadLetter::getReason, Collectors.counting())))
                .isEqualTo(Map.of("ID_CONFLICT", (long) published.conflicts, "UNDECODABLE", (long) published.poison));
    }

    private void assertLedgerEqualsRecount(
            List<ConsumerRecord<byte[], byte[]>> deliverable, List<ConsumerRecord<byte[], byte[]>> deadLetters) {
        LedgerBalance balance = LedgerBalance.of(cluster.ledger().read(Duration.ofSeconds(30)));
        Map<Integer, Long> events = countByPartition(cluster.read(TOPICS.events()));
        Map<Integer, Long> admitted = countByPartition(deliverable);
        Map<Integer, Long> held = countByPartition(deadLetters);
        assertThat(balance.partitions()).hasSize(PARTITIONS);
        for (LedgerBalance.PartitionBalance partition : balance.partitions()) {
            int number = partition.partition();
            Map<String, Long> counters = partition.admission();
            assertThat(counters.get("received") + counters.getOrDefault("rerouted", 0L))
                    .isEqualTo(events.get(number));
            assertThat(counters.get("admitted")).isEqualTo(admitted.getOrDefault(number, 0L));
            assertThat(counters.get("dead_lettered")).isEqualTo(held.getOrDefault(number, 0L));
        }
        Map<String, Long> totals = balance.totals(LedgerBalance.ADMISSION);
        assertThat(totals)
                .containsEntry("duplicate", (long) published.duplicates)
                .containsEntry("rerouted", (long) published.misplaced)
                .containsEntry("parked", neverLinked());
    }

    private static Map<Integer, Long> countByPartition(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream()
                .map(ConsumerRecord::partition)
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }
}
