package io.usageflow.cli.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.cli.CommandRun;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.embedded.SchemaRegistryServer;
import io.usageflow.forwarder.testing.ForwarderProcess;
import io.usageflow.sandbox.behaviour.ValidationRules.EventIdFormat;
import io.usageflow.sandbox.fault.Fault;
import io.usageflow.sandbox.fault.FaultRule;
import io.usageflow.sandbox.fault.FaultRule.FaultMatch;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.ReferenceKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code reconcile --unknown} as a user runs it: events at Credyt that nothing here sent, and no others. */
class ReconcileUnknownIT extends ReconcileFixture {
    private String[] unknown(String... more) {
        return reconcile(Stream.concat(Stream.of("--unknown"), Stream.of(more)).toArray(String[]::new));
    }

    @Test
    void shouldFindWhatWasSentPastUsAmongManyAndNothingElse() throws Exception {
        // Receipts of events that Credyt has are known whenever they were written.
        events.deliver(MANY / 2, Instant.now().minus(Duration.ofDays(9)))
                .deliver(MANY / 2, yesterday)
                .deliverWithoutAnswer(3);
        String aside = UUID.randomUUID().toString();
        events.postAside(7, aside);
        Path report = folder.resolve("unknown.csv");
        var command = new CommandRun();

        assertThat(command.run(unknown("--report", report.toString())))
                .describedAs(() -> command.err())
                .isEqualTo(ExitCode.PROBLEMS);

        assertThat(Files.readAllLines(report))
                .hasSize(2)
                .last()
                .asString()
                .startsWith("UNKNOWN_TO_US,," + aside + ",acct_7,acct_7,image_generated,")
                .endsWith(",\"no receipt, and never handed to delivery\",,");
        assertThat(command.out())
                .contains(String.format("  events read       %,12d", MANY + 4))
                .contains(String.format("  with a receipt    %,12d", MANY))
                .contains("  sent, no receipt             3  Handed to delivery: on their way")
                .contains("NOT CLEAN: 1 of " + String.format("%,d", MANY + 4) + " events are unknown to us");
        assertThat(folder.resolve("unknown.csv.checkpoint")).doesNotExist();
    }

    @Test
    void shouldCallNothingCompleteWhereRecordsCannotBeRead() throws Exception {
        events.deliver(10, yesterday);
        writeUnreadableReceipts();
        events.deliver(10, yesterday);
        var command = new CommandRun();

        assertThat(command.run(unknown("--json")))
                .describedAs(() -> command.err())
                .isEqualTo(ExitCode.PROBLEMS);

        assertThat(json(command).at("/with_receipt").longValue()).isEqualTo(20);
        assertThat(json(command).at("/unknown_to_us").longValue()).isZero();
        assertThat(json(command).at("/unreadable").longValue()).isEqualTo(3);
        assertThat(json(command).at("/complete").booleanValue()).isFalse();
        assertThat(json(command).at("/notes")).hasSize(3);
    }

    @Test
    void shouldLookOnlyAtThePeriodAndTheAccountAndAtAllNamesOfACustomer() throws Exception {
        events.deliver(40, yesterday);
        // The account is linked to another customer by now, and two accounts share it.
        sandbox.createCustomer("merged");
        link("acct_5", "merged");
        link("acct_6", "merged");
        String aside = UUID.randomUUID().toString();
        sandbox.change("rules.event_ids", EventIdFormat.ANY);
        events.postAside(5, aside, "not-a-uuid");
        var clean = new CommandRun();
        var account = new CommandRun();
        var earlier = new CommandRun();
        var nobody = new CommandRun();

        assertThat(clean.run(unknown("--account", "acct_4"))).isZero();
        assertThat(account.run(unknown("--account", "acct_5", "--json"))).isEqualTo(ExitCode.PROBLEMS);
        assertThat(earlier.run(unknown("--to", "1h", "--json"))).isZero();
        assertThat(nobody.run(unknown("--account", "acct_none"))).isZero();

        assertThat(clean.out()).contains("clean: every event that Credyt lists for these customers was sent from here");
        assertThat(json(account).at("/customers").longValue()).isEqualTo(2);
        assertThat(json(account).at("/unknown_to_us").longValue()).isEqualTo(2);
        assertThat(json(account).at("/with_receipt").longValue()).isEqualTo(2);
        assertThat(json(earlier).at("/events_listed").longValue()).isEqualTo(42);
        assertThat(json(earlier).at("/events_in_period").longValue()).isZero();
        assertThat(nobody.out()).contains("note: no list was read: account acct_none has no link");
    }

    private void link(String account, String externalId) {
        topics.write(
                topics.names().customerLinks(),
                account,
                new CustomerLink(
                        account, new CredytReference(ReferenceKind.EXTERNAL_ID, externalId, null), Instant.now()));
    }

    @Test
    void shouldGoOnAfterItWasKilledAndReportEachEventOnce() throws Exception {
        try (SchemaRegistryServer registry = SchemaRegistryServer.start(0)) {
            useRegistry(registry);
            events.deliver(600, yesterday);
            List<String> aside = IntStream.range(0, 10)
                    .mapToObj(i -> UUID.randomUUID().toString())
                    .toList();
            for (int i = 0; i < 10; i++) {
                events.postAside(2 * i, aside.get(i));
            }
            Path report = folder.resolve("report.json");
            Path checkpoint = folder.resolve("report.json.checkpoint");
            // 20 lookups, then lists for two seconds, their events, and a checkpoint.
            try (ForwarderProcess process = ForwarderProcess.launch(
                    folder.resolve("log"), List.of(unknown("--rate", "6", "--report", report.toString())))) {
                await().atMost(SOON)
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> !process.isAlive() || counted("customers", checkpoint) > 0);
                process.kill();
            }
            long before = counted("customers", checkpoint);
            assertThat(before).isBetween(1L, 19L);

            var last = new CommandRun();
            assertThat(last.run(unknown("--report", report.toString()))).isEqualTo(ExitCode.PROBLEMS);

            assertThat(credytIds(report)).containsExactlyInAnyOrderElementsOf(aside);
            assertThat(last.out())
                    .contains("resumed from an earlier run")
                    .contains("NOT CLEAN: 10 of 610 events are unknown to us");
            assertThat(checkpoint).doesNotExist();
        }
    }

    @Test
    void shouldNotAccuseWhereReceiptsHaveExpired() throws Exception {
        events.deliver(40, yesterday).postAside(1, UUID.randomUUID().toString());
        deleteRecords(topics.names().receipts());
        deleteRecords(topics.names().deliverable());
        // No receipt is left that would name the customers of the period.
        link("acct_1", "acct_1");
        var linked = new CommandRun();
        assertThat(linked.run(unknown("--account", "acct_1"))).isEqualTo(ExitCode.PROBLEMS);

        assertThat(linked.out())
                .contains("the receipts of its account's partition have expired: whether it was sent cannot be decided")
                .contains("  UNKNOWN_TO_US                0")
                .contains("  UNCHECKED                    3")
                .contains("NOT COMPLETE: nothing unknown was found");

        events.deliver(40, yesterday);
        var begun = new CommandRun();
        assertThat(begun.run(unknown("--account", "acct_1"))).isEqualTo(ExitCode.PROBLEMS);
        assertThat(begun.out()).contains("receipts begin at 20").contains("  with a receipt               2");
    }

    @Test
    void shouldNotCallCleanWhatItCouldNotRead() throws Exception {
        events.deliver(40, yesterday);
        sandbox.inject(FaultRule.next(1_000, FaultMatch.route("GET /events"), Fault.status(400)));
        Path report = folder.resolve("report.csv");
        var command = new CommandRun();

        assertThat(command.run(unknown("--account", "acct_3", "--report", report.toString())))
                .isEqualTo(ExitCode.PROBLEMS);

        assertThat(command.out())
                .contains("  lists not whole              1")
                .contains("NOT COMPLETE: nothing unknown was found, but not everything could be looked at");
        assertThat(Files.readAllLines(report))
                .last()
                .asString()
                .startsWith("UNCHECKED,,,acct_3,acct_3,,,,,,")
                .contains("was not, or not provably, read whole: HTTP 400");
    }

    @Test
    void shouldRefuseWhatCannotBeMeant() {
        assertRefused("--unknown only looks through Credyt's lists: leave out --repair", "--unknown", "--repair");
        assertRefused("leave out --free", "--unknown", "--free", "call");
        assertRefused("end its name in .csv", "--unknown", "--report", "report.txt");
        assertRefused("--rate is 0.0", "--unknown", "--rate", "0");
    }
}
