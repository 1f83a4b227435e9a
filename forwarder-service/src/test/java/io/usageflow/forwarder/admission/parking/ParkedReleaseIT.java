package io.usageflow.forwarder.admission.parking;

import static io.usageflow.forwarder.admission.AdmissionCluster.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.forwarder.admission.Admission;
import io.usageflow.forwarder.admission.AdmissionCluster;
import io.usageflow.forwarder.admission.Events;
import io.usageflow.forwarder.ledger.LedgerBalance;
import io.usageflow.forwarder.ledger.LedgerCounter;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.UsageEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One account's many parked events go when its link comes, and its partition's other accounts go on. How many they are
 * grows with {@code -Dusageflow.fault.rounds}, to a hundred thousand.
 */
class ParkedReleaseIT {
    private static final Logger LOG = LoggerFactory.getLogger(ParkedReleaseIT.class);
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int PARKED = Math.min(100_000, 5_000 * Integer.getInteger("usageflow.fault.rounds", 2));
    private static final int PARTITION = 2;
    private static final int OTHERS = 5;
    /** The release is looked at in so many parts; each must hold events of others. */
    private static final int PARTS = 10;

    @TempDir
    Path folder;

    @AutoClose
    private final AdmissionCluster cluster = new AdmissionCluster("mock://" + UUID.randomUUID());

    private final List<String> accounts = accountsOf(PARTITION, OTHERS + 1);
    private final String late = accounts.get(OTHERS);

    @Test
    void shouldReleaseThousandsInOrderWhileOthersGoOn() throws Exception {
        List<String> ids = IntStream.range(0, PARKED).mapToObj(i -> "late-" + i).toList();
        Admission admission = cluster.admission(folder, "admission.threads", "1");
        admission.start();
        accounts.subList(0, OTHERS).forEach(cluster::link);
        ids.forEach(id -> cluster.publish(event(id, late)));
        cluster.flush();
        awaitLedger(LedgerCounter.PARKED, PARKED);

        AtomicBoolean released = new AtomicBoolean();
        List<UsageEvent> others = new ArrayList<>();
        Thread trickle = new Thread(() -> trickle(released, others));
        trickle.start();
        cluster.link(late);
        awaitLedger(LedgerCounter.PARKED, 0);
        released.set(true);
        trickle.join();
        cluster.flush();
        awaitLedger(LedgerCounter.ADMITTED, PARKED + others.size());
        admission.close(Duration.ofSeconds(20));

        List<ConsumerRecord<byte[], byte[]>> records = cluster.read(TOPICS.deliverable());
        List<DeliverableEvent> delivered = records.stream()
                .map(record -> cluster.decode(record, DeliverableEvent.class))
                .toList();
        assertThat(delivered)
                .filteredOn(event -> event.getAccountId().equals(late))
                .extracting(DeliverableEvent::getEventId)
                .as("all, once, in order")
                .isEqualTo(ids);
        assertThat(delivered)
                .filteredOn(event -> !event.getAccountId().equals(late))
                .extracting(DeliverableEvent::getEventId)
                .isEqualTo(others.stream().map(UsageEvent::getId).toList());
        logSpeed(records, delivered, others.size());
        assertOthersWentOn(delivered);
    }

    /** By their places in the partition, which is where all of them are. */
    private void assertOthersWentOn(List<DeliverableEvent> delivered) {
        int[] othersInPart = new int[PARTS];
        int lateOnes = 0;
        for (DeliverableEvent event : delivered) {
            if (event.getAccountId().equals(late)) {
                lateOnes++;
            } else if (lateOnes > 0 && lateOnes < PARKED) {
                othersInPart[lateOnes * PARTS / PARKED]++;
            }
        }
        LOG.info("event=interleaved others_by_part={}", othersInPart);
        assertThat(othersInPart)
                .as("events of others between those of each part of the release")
                .doesNotContain(0);
    }

    private void logSpeed(
            List<ConsumerRecord<byte[], byte[]>> records, List<DeliverableEvent> delivered, int othersCount) {
        long first = Long.MAX_VALUE;
        long last = 0;
        for (int i = 0; i < records.size(); i++) {
            if (delivered.get(i).getAccountId().equals(late)) {
                first = Math.min(first, records.get(i).timestamp());
                last = Math.max(last, records.get(i).timestamp());
            }
        }
        LOG.info("event=released events={} took_ms={} others={}", PARKED, last - first, othersCount);
    }

    /** Two events a millisecond at most; how many it becomes depends on how long the release takes. */
    private void trickle(AtomicBoolean released, List<UsageEvent> others) {
        for (int i = 0; !released.get(); i++) {
            UsageEvent event = event("other-" + i, accounts.get(i % OTHERS));
            others.add(event);
            cluster.publish(event);
            java.util.concurrent.locks.LockSupport.parkNanos(500_000);
        }
    }

    private void awaitLedger(LedgerCounter counter, long value) {
        await().atMost(LIMIT)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> LedgerBalance.of(cluster.ledger().read(Duration.ofSeconds(30)))
                                .total(LedgerBalance.ADMISSION, counter)
                        == value);
    }

    private List<String> accountsOf(int partition, int count) {
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "acct_" + i)
                .filter(account -> cluster.home.of(account) == partition)
                .limit(count)
                .toList();
    }

    private static UsageEvent event(String id, String account) {
        UsageEvent event = Events.event(id, account);
        event.setOccurredAt(Instant.now());
        return event;
    }
}
