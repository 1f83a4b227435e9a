package io.usageflow.forwarder.admission;

import static io.usageflow.forwarder.admission.Events.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.ledger.LedgerCounter;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.UsageEvent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An upgrade over the state folder of version 0.1.0, which had no files of ids: RocksDB's folders as that version left
 * them after 60 events, one a minute from noon, and an orderly stop. Recorded with its topology in TopologyTestDriver.
 * {@code UpgradedStoreTest} has the changelog of that version.
 */
class UpgradedStateTopologyTest {
    private static final String ACCOUNT = "acct-1";
    private static final int ADMITTED_BEFORE = 60;
    private static final int NEW = 40;

    @TempDir
    Path stateDir;

    private AdmissionDriver admission;

    @BeforeEach
    void upgrade() throws IOException {
        unpack();
        admission = start();
    }

    @AfterEach
    void stop() {
        admission.close();
    }

    @Test
    void shouldAdmitNoEventTwiceThatTheVersionBeforeAdmitted() throws IOException {
        IntStream.range(0, ADMITTED_BEFORE).forEach(i -> admission.publish(event(i)));

        assertThat(admission.deliveredIds()).isEmpty();
        assertThat(admission.ledger(LedgerCounter.DUPLICATE)).isEqualTo(ADMITTED_BEFORE);
        assertThat(segments()).as("files of ids that the upgrade has written").isNotEmpty();
    }

    @Test
    void shouldAdmitNewEventsAndKnowThemBesideTheOldOnes() {
        List<UsageEvent> fresh = IntStream.range(ADMITTED_BEFORE, ADMITTED_BEFORE + NEW)
                .mapToObj(UpgradedStateTopologyTest::event)
                .toList();

        fresh.forEach(admission::publish);
        assertThat(admission.deliveredIds()).hasSize(NEW);
        IntStream.range(0, ADMITTED_BEFORE + NEW).forEach(i -> admission.publish(event(i)));

        assertThat(admission.deliveredIds()).isEmpty();
        assertThat(admission.ledger(LedgerCounter.DUPLICATE)).isEqualTo(ADMITTED_BEFORE + NEW);
        assertThat(admission.ledger(LedgerCounter.ADMITTED)).isEqualTo(ADMITTED_BEFORE + NEW);
    }

    @Test
    void shouldKnowTheContentOfOldEvents() {
        UsageEvent changed = event(7);
        changed.setEventType("another_type");

        admission.publish(changed);

        assertThat(admission.deadLetters()).extracting(DeadLetter::getReason).containsExactly("ID_CONFLICT");
    }

    private AdmissionDriver start() {
        AdmissionDriver started = new AdmissionDriver(stateDir, "admission.dedup.heap.ids", "16");
        started.pass(Duration.ofHours(2));
        started.linkVendor("openai", "vendor-1"); // read whole at each start
        return started;
    }

    /** Every third is a UUIDv7, every third a random UUID, every third none. */
    private static UsageEvent event(int i) {
        Instant time = NOON.plus(Duration.ofMinutes(i));
        String id =
                switch (i % 3) {
                    case 0 ->
                        new UUID(time.toEpochMilli() << 16 | 0x7ABC, 0x8000_0000_0000_0000L | i * 7919L).toString();
                    case 1 ->
                        UUID.nameUUIDFromBytes(("id-" + i).getBytes(StandardCharsets.UTF_8))
                                .toString();
                    default -> "req-" + i;
                };
        UsageEvent event = Events.event(id, ACCOUNT);
        event.setOccurredAt(time);
        return event;
    }

    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.walk(stateDir)) {
            return files.filter(file -> file.toString().endsWith(".ids")).toList();
        }
    }

    private void unpack() throws IOException {
        try (InputStream recorded = Objects.requireNonNull(
                        UpgradedStateTopologyTest.class.getResourceAsStream("state-of-0.1.0.zip"));
                ZipInputStream zip = new ZipInputStream(recorded)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = stateDir.resolve("usage.admission").resolve(entry.getName());
                Files.createDirectories(file.getParent());
                Files.copy(zip, file);
            }
        }
    }
}
