package io.usageflow.forwarder.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.usageflow.forwarder.ledger.LedgerBalance.Finding;
import io.usageflow.forwarder.ledger.LedgerBalance.Finding.Kind;
import io.usageflow.schema.LedgerEntry;
import io.usageflow.schema.registry.InMemorySchemaRegistry;
import io.usageflow.schema.serde.AvroSerdes;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * What stands in the ledger's topic beside the stages' entries. No record stops the reading; each leaves the entry before it in
 * force and unbalances the books, until a later record under its key mends it.
 *
 * <table>
 * <caption>Siblings, each tested here</caption>
 * <tr><td>rubbish bytes, a cut entry, no bytes</td><td>a finding</td></tr>
 * <tr><td>no key</td><td>a finding</td></tr>
 * <tr><td>schema id that the registry does not know</td><td>a finding; stages, which go by their entry, wait instead</td></tr>
 * <tr><td>no value</td><td>removes the entry, and a finding under that key</td></tr>
 * </table>
 */
class LedgerEntriesTest {
    private static final byte[] UNKNOWN_ID = {0, 0, 0, 0x12, 0x67, 1, 2, 3};

    private final String scope = UUID.randomUUID().toString();
    private final Map<String, String> registry = Map.of("schema.registry.url", "mock://" + scope);
    private final Set<String> warned = new HashSet<>();
    private final LedgerEntries books = books();
    private final LedgerEntry entry =
            new LedgerEntry("admission", 0, Map.of("received", 2L, "admitted", 2L), Instant.EPOCH, null, Map.of());
    private long offset;

    @AfterEach
    void forgetScope() {
        InMemorySchemaRegistry.dropScope(scope);
    }

    @Test
    void shouldGoOnBehindRecordsThatAreNoEntriesAndProveNothing() {
        byte[] good = bytes();
        take("admission-0", good);
        take("admission-0", "rubbish".getBytes(UTF_8));
        take("cut", java.util.Arrays.copyOf(good, good.length - 1));
        take("empty", new byte[0]);
        take(null, good);
        take("admission-1", UNKNOWN_ID);

        assertThat(books.entries()).containsExactly(entry);
        assertThat(books.lost()).isPresent();
        LedgerBalance balance = LedgerBalance.of(books.entries(), books.unreadable());
        assertThat(balance.isBalanced()).isFalse();
        assertThat(balance.findings()).containsExactly(new Finding(Kind.UNREADABLE, "ledger topic", 0, 5));
        assertThat(balance.mayBeMoving()).as("reading again mends nothing").isFalse();
        assertThat(balance.findings().get(0).text()).contains("5 records cannot be read", "restore the registry");
    }

    @Test
    void shouldForgetWhatALaterRecordOfItsKeyMends() {
        take("admission-0", UNKNOWN_ID);
        take("strangers", "rubbish".getBytes(UTF_8));
        take("admission-0", bytes());
        take("strangers", null);

        assertThat(books.unreadable()).isEmpty();
        assertThat(books.lost()).isEmpty();
        assertThat(books.entries()).containsExactly(entry);
    }

    @Test
    void shouldTakeRubbishForNoReasonThatAStageWaits() {
        take("admission-0", "rubbish".getBytes(UTF_8));

        assertThat(books.lost()).isEmpty();
        assertThat(books.unreadable()).hasSize(1);
    }

    @Test
    void shouldReadAgainWhereBooksMayMoveBesides() {
        List<Finding> unreadable = List.of(new Finding(Kind.UNREADABLE, "ledger topic", 0, 1));
        var ahead =
                new LedgerEntry("delivery", 0, Map.of("received", 3L, "delivered", 3L), Instant.EPOCH, null, Map.of());

        assertThat(LedgerBalance.of(List.of(entry, ahead), unreadable).mayBeMoving())
                .isTrue();
    }

    @Test
    void shouldWarnOnceOfAnEntryThatIsReadAgain() {
        var log = new ListAppender<ILoggingEvent>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(LedgerEntries.class);
        logger.addAppender(log);
        try {
            for (int reading = 0; reading < 3; reading++) {
                LedgerEntries again = books();
                again.take(new ConsumerRecord<>("usage.ledger", 0, 7, null, "rubbish".getBytes(UTF_8)));
                again.take(new ConsumerRecord<>("usage.ledger", 1, 7, null, "rubbish".getBytes(UTF_8)));
                assertThat(again.unreadable()).hasSize(2);
            }

            assertThat(log.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .hasSize(2)
                    .allMatch(line -> line.contains("event=ledger_entry_unreadable"));
        } finally {
            logger.detachAppender(log);
        }
    }

    private LedgerEntries books() {
        return new LedgerEntries(AvroSerdes.ownValueDeserializer(registry, LedgerEntry.class), warned);
    }

    private byte[] bytes() {
        return AvroSerdes.<LedgerEntry>valueSerializer(registry).serialize("t", entry);
    }

    private void take(@Nullable String key, byte @Nullable [] value) {
        books.take(new ConsumerRecord<>("usage.ledger", 0, offset++, key == null ? null : key.getBytes(UTF_8), value));
    }
}
