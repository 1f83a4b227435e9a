package io.usageflow.forwarder.admission;

import static io.usageflow.forwarder.admission.AdmissionCluster.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.forwarder.ledger.LedgerBalance;
import io.usageflow.forwarder.ledger.LedgerCounter;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.UsageEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Admission on a real broker, stopped and started in full flow. What must hold is computed from what was published, and
 * the ledger is compared with a recount of the topics.
 */
class AdmissionIT {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    @TempDir
    Path folder;

    @AutoClose
    private final AdmissionCluster cluster = new AdmissionCluster("mock://" + UUID.randomUUID());

    private final Published published = new Published("seed 1");
    private final Random random = new Random(1);
    private final Traffic traffic = new Traffic(cluster, published, random);

    @Test
    void shouldAdmitEveryEventOnceThroughRestartsAndBalanceTheBooks() throws Exception {
        Admission first = cluster.admission(folder.resolve("one"));
        first.start();
        for (int i = 0; i < 5; i++) {
            traffic.link("linked-" + i);
            traffic.link("foreign-" + i);
        }
        publishSome();
        await().atMost(LIMIT).until(() -> cluster.size(TOPICS.deliverable()) > 0);
        Thread flow = new Thread(() -> {
            for (int round = 1; round < 8; round++) {
                publishSome();
            }
        });
        flow.start();
        first.close(Duration.ofSeconds(20));

        Admission second = cluster.admission(folder.resolve("one"));
        second.start();
        await().atMost(LIMIT).until(() -> second.health().ready());
        second.close(Duration.ofSeconds(20));
        flow.join();
        for (int i = 0; i < 5; i++) {
            traffic.link("late-" + i);
        }
        traffic.sent().forEach(traffic::repeat);
        cluster.flush();

        Admission elsewhere = cluster.admission(folder.resolve("two")); // no state: restored from Kafka
        elsewhere.start();
        awaitReceived();
        assertThat(cluster.meters.getMeters())
                .as("Streams' own metrics are bound")
                .anyMatch(meter -> meter.getId().getName().startsWith("kafka.stream"));
        elsewhere.close(Duration.ofSeconds(20));

        Standing standing = Standing.in(cluster);
        AdmittedOnce.check(published, standing);
        HeldOnce.check(published, standing);
        BooksBalance.check(published, standing, ledger());
    }

    @Test
    void shouldReleaseInOrderWhenTheVendorsLinkArrives() {
        Admission admission = cluster.admission(folder, "admission.vendors.unlinked", "park");
        admission.start();
        cluster.link("acct_1");
        List<String> ids = List.of("req-1", "req-2", "req-3");
        ids.forEach(id -> cluster.publish(event(id, "acct_1")));
        cluster.flush();
        await().atMost(LIMIT).until(() -> ledger().total(LedgerBalance.ADMISSION, LedgerCounter.PARKED) == ids.size());

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

    private void publishSome() {
        for (int i = 0; i < 300; i++) {
            int number = random.nextInt(5);
            Traffic.Sent event =
                    switch (random.nextInt(4)) {
                        case 0 -> traffic.event("linked-" + number);
                        case 1 -> traffic.event("late-" + number);
                        case 2 -> traffic.event("never-" + number);
                        default -> traffic.strayEvent("foreign-" + number);
                    };
            if (i % 7 == 0) {
                traffic.repeat(traffic.any());
            }
            if (i % 50 == 0 && !event.stray()) {
                traffic.conflict(event);
            }
            if (i % 97 == 0) {
                traffic.poison();
            }
        }
    }

    private static UsageEvent event(String id, String account) {
        UsageEvent event = Events.event(id, account);
        event.setOccurredAt(Instant.now());
        return event;
    }

    private void awaitReceived() {
        await().atMost(LIMIT).pollInterval(Duration.ofMillis(500)).untilAsserted(() -> {
            LedgerBalance balance = ledger();
            assertThat(balance.findings()).isEmpty();
            assertThat(balance.total(LedgerBalance.ADMISSION, LedgerCounter.RECEIVED))
                    .as(() -> balance.totals(LedgerBalance.ADMISSION).toString())
                    .isEqualTo(published.toBeReceived());
            // The links came after the events: what they release is not in "received".
            assertThat(balance.total(LedgerBalance.ADMISSION, LedgerCounter.PARKED))
                    .as(() -> balance.totals(LedgerBalance.ADMISSION) + " in " + balance.partitions())
                    .isEqualTo(Published.count(published.toBeParked()));
        });
    }

    private LedgerBalance ledger() {
        return LedgerBalance.of(cluster.ledger().read(Duration.ofSeconds(30)));
    }
}
