package io.usageflow.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.cli.CommandRun;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.forwarder.testing.WrittenTopics;
import io.usageflow.schema.LedgerEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class LedgerCommandIT {
    private static final Duration SOON = Duration.ofMinutes(3);

    @AutoClose
    private static EmbeddedBroker broker = EmbeddedBroker.start();

    private final CommandRun command = new CommandRun();

    @AutoClose
    private WrittenTopics topics = new WrittenTopics(broker.bootstrapServers());

    private void counted(String stage, int partition, Map<String, Long> counters) {
        topics.write(
                topics.names().ledger(),
                stage + "-" + partition,
                new LedgerEntry(stage, partition, counters, Instant.EPOCH, null, Map.of()));
    }

    private void balanced() {
        counted("admission", 0, Map.of("received", 1L, "admitted", 1L)); // overtaken by the next
        counted(
                "admission",
                0,
                Map.ofEntries(
                        Map.entry("received", 1_012L),
                        Map.entry("admitted", 1_000L),
                        Map.entry("duplicate", 9L),
                        Map.entry("dead_lettered", 2L),
                        Map.entry("dead_lettered.TOO_OLD", 2L),
                        Map.entry("parked", 1L)));
        counted("delivery", 0, Map.of("received", 990L, "delivered", 990L, "already_known", 3L));
        counted("admission", 2, Map.of("received", 5L, "admitted", 5L));
        counted("delivery", 2, Map.of("received", 5L, "delivered", 5L));
    }

    @Test
    void shouldShowTheBooksPerPartitionAndTotal() {
        balanced();

        assertThat(command.run(topics.with("ledger"))).isZero();

        assertThat(command.out().lines().map(line -> line.replaceAll(" +", " ").strip()))
                .containsExactly(
                        "PARTITION RECEIVED ADMITTED DUPLICATE DEAD-LETTERED PARKED IN FLIGHT SETTLED DELIVERED"
                                + " DEAD-LETTERED BALANCED",
                        "0 1,012 1,000 9 2 1 10 990 990 0 yes",
                        "2 5 5 0 0 0 0 5 5 0 yes",
                        "total 1,017 1,005 9 2 1 10 995 995 0 yes",
                        "",
                        "dead letters of admission: TOO_OLD 2",
                        "3 of the delivered were already known to Credyt",
                        "the books balance: every event received is delivered, dead-lettered, a duplicate, parked or in"
                                + " flight");
        assertThat(command.err()).isEmpty();
    }

    @Test
    void shouldSayWhereTheBooksDoNotBalance() {
        balanced();
        counted("delivery", 2, Map.of("received", 5L, "delivered", 4L));

        assertThat(command.run(topics.with("ledger"))).isEqualTo(ExitCode.PROBLEMS);

        assertThat(command.out())
                .contains("NO")
                .endsWith("THE BOOKS DO NOT BALANCE: delivery, partition 2: received is 1 more than the sum of its"
                        + " outcomes\n");
    }

    @Test
    void shouldAcknowledgeAKnownNumberOfRecordsThatExpiredUnread() throws Exception {
        counted("admission", 0, Map.of("received", 5L, "admitted", 5L, "expired_unread", 4L));
        counted("delivery", 0, Map.of("received", 5L, "delivered", 5L));

        assertThat(command.run(topics.with("ledger"))).isEqualTo(ExitCode.PROBLEMS);
        assertThat(command.run(topics.with("ledger", "--expired-known", "3"))).isEqualTo(ExitCode.PROBLEMS);
        assertThat(command.out()).contains("THE BOOKS DO NOT BALANCE", "Kafka deleted 4 records");

        var known = new CommandRun();
        assertThat(known.run(topics.with("ledger", "--expired-known", "4"))).isZero();
        assertThat(known.out())
                .contains("4 records expired unread before admission read them")
                .doesNotContain("NO")
                .endsWith("parked or in flight; 4 expired unread, within --expired-known 4\n");

        var json = new CommandRun();
        assertThat(json.run(topics.with("ledger", "--expired-known", "4", "--json")))
                .isZero();
        JsonNode document = new ObjectMapper().readTree(json.out());
        assertThat(document.at("/balanced").booleanValue()).isTrue();
        assertThat(document.at("/expired_known").longValue()).isEqualTo(4);
        assertThat(document.at("/findings/0/kind").textValue()).isEqualTo("expired_unread");

        assertThat(command.run(topics.with("ledger", "--expired-known", "-1"))).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void shouldGiveScriptsTheSameFigures() throws Exception {
        balanced();
        counted("admission", 2, Map.of("received", 5L, "admitted", 4L));

        assertThat(command.run(topics.with("ledger", "--json"))).isEqualTo(ExitCode.PROBLEMS);

        var json = new ObjectMapper().readTree(command.out());
        assertThat(json.at("/balanced").booleanValue()).isFalse();
        assertThat(json.at("/total/admission/received").longValue()).isEqualTo(1_017);
        assertThat(json.at("/partitions/0/in_flight").longValue()).isEqualTo(10);
        assertThat(json.at("/partitions/1/admission/admitted").longValue()).isEqualTo(4);
        assertThat(json.at("/findings/0/stage").textValue()).isEqualTo("admission");
        assertThat(json.at("/findings/0/partition").intValue()).isEqualTo(2);
        assertThat(json.at("/findings/0/difference").longValue()).isEqualTo(1);
    }

    @Test
    void shouldFailOnEventsThatAreInFlightForTooLong() throws Exception {
        int partition = topics.write(topics.names().deliverable(), "acct", new byte[] {1}, Map.of())
                .partition();
        counted("admission", partition, Map.of("received", 1L, "admitted", 1L));
        await().atMost(SOON)
                .until(() -> command.run(topics.with("ledger", "--in-flight-max", "1ms")) == ExitCode.PROBLEMS);
        assertThat(command.out())
                .contains("EVENTS ARE LATE OR GONE: partition " + partition + ": 1 event in flight, the oldest for ");

        assertThat(command.run(topics.with("ledger"))).as("not yet a day").isZero();
        assertThat(command.out()).contains("the oldest event in flight was admitted ");
        assertThat(command.run(topics.with("ledger", "--json"))).isZero();
        assertThat(command.out()).contains("\"oldest_in_flight_age_seconds\"");
    }

    @Test
    void shouldNotTakeAMomentsLeadOfDeliveryForAnImbalance() throws Exception {
        counted("admission", 0, Map.of("received", 5L, "admitted", 5L));
        counted("delivery", 0, Map.of("received", 7L, "delivered", 7L));
        CompletableFuture<Void> admissionPublishes = CompletableFuture.runAsync(
                () -> counted("admission", 0, Map.of("received", 8L, "admitted", 8L)),
                CompletableFuture.delayedExecutor(2, TimeUnit.SECONDS));

        assertThat(command.run(topics.with("ledger")))
                .describedAs(command.out())
                .isZero();
        admissionPublishes.get(60, TimeUnit.SECONDS);
    }

    @Test
    void shouldWatchUntilItIsStopped() throws Exception {
        balanced();
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            var watching = threads.submit(() -> command.run(topics.with("ledger", "--watch", "100ms")));
            await().atMost(SOON).until(() -> command.out().lines().count() >= 2);
            counted("admission", 2, Map.of("received", 6L, "admitted", 5L, "parked", 0L));
            await().atMost(SOON).until(() -> command.out().contains("NOT BALANCED"));
            command.stop();

            assertThat(watching.get(3, TimeUnit.MINUTES)).isEqualTo(ExitCode.PROBLEMS);
        } finally {
            threads.shutdownNow();
        }
        assertThat(command.out().lines().findFirst().orElse(""))
                .endsWith("received 1,017  duplicate 9  parked 1  in flight 10  delivered 995  dead-lettered 2 "
                        + " balanced");
        assertThat(command.err()).contains("admission, partition 2: received is 1 more");
    }

    @Test
    void shouldSayThatNothingWasCountedYet() {
        assertThat(command.run(topics.with("ledger"))).isZero();
        assertThat(command.out()).startsWith("nothing was counted yet");
    }

    @Test
    void shouldSayThatTheTopicIsMissing() {
        assertThat(command.run(
                        "ledger", "--bootstrap-servers", broker.bootstrapServers(), "--set", "topics.prefix=nothere"))
                .isEqualTo(ExitCode.UNREACHABLE);
        assertThat(command.err().lines())
                .singleElement()
                .asString()
                .isEqualTo("usageflow: nothere.ledger does not exist: 'usageflow topics apply' creates it");
    }

    @Test
    void shouldRefuseAnIntervalThatIsNone() {
        assertThat(command.run(topics.with("ledger", "--watch", "soon"))).isEqualTo(ExitCode.USAGE);
        assertThat(command.err()).contains("--watch").contains("soon");
    }
}
