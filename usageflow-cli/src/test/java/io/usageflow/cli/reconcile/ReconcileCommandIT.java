package io.usageflow.cli.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.cli.CommandRun;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.embedded.SchemaRegistryServer;
import io.usageflow.forwarder.testing.DeliveredEvents;
import io.usageflow.forwarder.testing.ForwarderProcess;
import io.usageflow.sandbox.SandboxSeed.PriceSpec;
import io.usageflow.sandbox.fault.Fault;
import io.usageflow.sandbox.fault.Fault.RetryAfter;
import io.usageflow.sandbox.fault.FaultRule;
import io.usageflow.sandbox.fault.FaultRule.FaultMatch;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Reconciliation as a user runs it, over topics and a stand-in that hold what deliveries leave behind. */
class ReconcileCommandIT extends ReconcileFixture {
    private ObjectNode anotherAmount(int number) {
        ObjectNode event;
        try {
            event = (ObjectNode) JSON.readTree(
                    sandbox.event(events.ids().get(number)).orElseThrow().json());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        ObjectNode content = JSON.createObjectNode();
        content.set("costs", event.get("costs"));
        ((ObjectNode) content.at("/costs/0")).put("amount", 1_000_000);
        return content;
    }

    @Test
    void shouldFindWhatIsWrongAmongManyAndNothingElse() throws Exception {
        events.deliver(MANY, yesterday);
        int deleted = MANY / 7;
        int changed = MANY / 2;
        int unbilled = MANY - 1;
        int twice = MANY / 3;
        int tooMuch = MANY / 5;
        sandbox.deleteEvent(events.ids().get(deleted));
        sandbox.setContent(events.ids().get(changed), anotherAmount(changed));
        sandbox.dropFees(events.ids().get(unbilled));
        sandbox.changeFees(events.ids().get(twice), fees -> Stream.concat(fees.stream(), fees.stream())
                .toList());
        sandbox.setFee(events.ids().get(tooMuch), new BigDecimal("4"), "USD");
        Path report = folder.resolve("report.csv");
        var command = new CommandRun();

        assertThat(command.run(reconcile("--report", report.toString())))
                .describedAs(() -> command.err())
                .isEqualTo(ExitCode.PROBLEMS);

        assertThat(Files.readAllLines(report).stream().sorted().toList())
                .satisfiesExactly(
                        row -> assertThat(row)
                                .startsWith("DIFFERENT," + events.ids().get(changed) + ",")
                                .contains(",costs[0].amount,0.0161", ",1000000,Credyt has other content,"),
                        row -> assertThat(row)
                                .startsWith("FEES_DIFFER," + events.ids().get(tooMuch) + ",")
                                .contains(",fees[0].amount,0.04 USD,4 USD,"),
                        row -> assertThat(row)
                                .startsWith("FEES_DOUBLE," + events.ids().get(twice) + ",")
                                .contains(",fees[1].amount,-,0.04 USD,"),
                        row -> assertThat(row)
                                .startsWith("MISSING," + events.ids().get(deleted) + ","),
                        row -> assertThat(row)
                                .startsWith("UNBILLED," + events.ids().get(unbilled) + ",")
                                .contains("Credyt would charge 0.04 USD"),
                        row -> assertThat(row).startsWith("finding,event_id,"));
        assertThat(command.out())
                .contains("NOT CLEAN: 5 of " + String.format("%,d", MANY) + " events")
                .contains("fees charged for them: "
                        + new BigDecimal("0.04")
                                .multiply(BigDecimal.valueOf(MANY - 2))
                                .add(new BigDecimal("4.00")) + " USD")
                .doesNotContain("no price was compared");
        assertThat(folder.resolve("report.csv.checkpoint")).doesNotExist();
    }

    @Test
    void shouldGoOnAfterItWasKilledAndReportEachFindingOnce() throws Exception {
        try (SchemaRegistryServer registry = SchemaRegistryServer.start(0)) {
            useRegistry(registry);
            int kills = Integer.getInteger("usageflow.fault.rounds", 2);
            // Enough that no killed run comes to the end at 200 events/s.
            int sent = 1_500 * kills;
            events.deliver(sent, yesterday);
            List<String> missing = new ArrayList<>();
            for (int i = 0; i < sent; i += 100) {
                missing.add(events.ids().get(i));
                sandbox.deleteEvent(events.ids().get(i));
            }
            Path report = folder.resolve("report.json");
            Path checkpoint = folder.resolve("report.json.checkpoint");
            var random = new Random();
            long before = -1;
            for (int kill = 0; kill < kills; kill++) {
                long reached = before;
                try (ForwarderProcess process = ForwarderProcess.launch(
                        folder.resolve("log-" + kill),
                        List.of(reconcile("--rate", "200", "--report", report.toString())))) {
                    await().atMost(SOON)
                            .pollInterval(Duration.ofMillis(20))
                            .until(() -> !process.isAlive() || counted("receipts", checkpoint) > reached);
                    Thread.sleep(random.nextInt(1_000)); // anywhere in what follows
                    process.kill();
                }
                before = counted("receipts", checkpoint);
            }
            assertThat(before).isBetween(1L, sent - 1L);

            var last = new CommandRun();
            assertThat(last.run(reconcile("--report", report.toString()))).isEqualTo(ExitCode.PROBLEMS);

            assertThat(Files.readAllLines(report)).hasSize(sent / 100).allSatisfy(line -> assertThat(
                            JSON.readTree(line).get("finding").textValue())
                    .isEqualTo("MISSING"));
            assertThat(credytIds(report)).containsExactlyInAnyOrderElementsOf(missing);
            assertThat(last.out())
                    .contains("resumed from an earlier run")
                    .contains(String.format("NOT CLEAN: %,d of %,d events", sent / 100, sent));
            assertThat(checkpoint).doesNotExist();
        }
    }

    @Test
    void shouldPlanARepairAndThenSendWhatIsMissingOnce() throws Exception {
        events.deliver(50, yesterday);
        sandbox.deleteEvent(events.ids().get(3));
        sandbox.deleteEvent(events.ids().get(23));

        var plan = new CommandRun();
        assertThat(plan.run(reconcile("--repair"))).isEqualTo(ExitCode.PROBLEMS);
        assertThat(plan.out()).contains("to be sent again: 2; nothing was sent").contains("  acct_3: 2");
        assertThat(records(topics.names().replays())).isEmpty();

        var unexplained = new CommandRun();
        assertThat(unexplained.run(reconcile("--repair", "--apply"))).isEqualTo(ExitCode.USAGE);
        assertThat(unexplained.err()).contains("--why");
        assertThat(records(topics.names().replays())).isEmpty();

        var apply = new CommandRun();
        assertThat(apply.run(reconcile("--repair", "--apply", "--why", "invoice 11")))
                .describedAs(() -> apply.err())
                .isEqualTo(ExitCode.PROBLEMS);
        assertThat(apply.out()).contains("sent again: 2;");
        List<String> sent = records(topics.names().replays());
        assertThat(sent).hasSize(2).allSatisfy(record -> assertThat(record)
                .contains("traceparent=00-")
                .contains("usageflow-replay-of=reconcile-"));
        assertThat(records(topics.names().deadLetterMarks()))
                .hasSize(2)
                .allSatisfy(mark -> assertThat(mark).startsWith("reconcile-").contains("invoice 11 (event "));

        var again = new CommandRun();
        assertThat(again.run(reconcile("--repair", "--apply", "--why", "invoice 11")))
                .isEqualTo(ExitCode.PROBLEMS);
        assertThat(again.out()).contains("not sent, since an earlier repair has: 2");
        assertThat(records(topics.names().replays())).hasSize(2);

        var forced = new CommandRun();
        assertThat(forced.run(reconcile("--repair", "--apply", "--why", "lost again", "--again")))
                .isEqualTo(ExitCode.PROBLEMS);
        assertThat(records(topics.names().replays())).hasSize(4);
    }

    @Test
    void shouldRespectWhatCredytAsksForAndSayNothingOfWhatItDoesNotKnow() throws Exception {
        events.deliver(60, yesterday);
        sandbox.inject(
                FaultRule.next(3, FaultMatch.route("GET /events/{id}"), Fault.status(429, RetryAfter.seconds(1))));
        var patient = new CommandRun();

        long began = System.nanoTime();
        assertThat(patient.run(reconcile("--json")))
                .describedAs(() -> patient.err())
                .isZero();

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofSeconds(1));
        assertThat(json(patient).at("/complete").booleanValue()).isTrue();
        assertThat(json(patient).at("/receipts").longValue()).isEqualTo(60);
    }

    @Test
    void shouldNotTakeAPageForAnEventNorAnOutageForMissingEvents() throws Exception {
        events.deliver(30, yesterday);
        sandbox.outage(true);
        var away = new CommandRun();
        assertThat(away.run(reconcile("--report", folder.resolve("r.csv").toString())))
                .isEqualTo(ExitCode.UNREACHABLE);
        assertThat(away.err()).contains("Credyt does not answer (HTTP 503, 5 times): check credyt.url");
        assertThat(away.out()).isEmpty();

        sandbox.outage(false);
        var back = new CommandRun();
        assertThat(back.run(reconcile("--report", folder.resolve("r.csv").toString())))
                .isZero();
        assertThat(back.out()).contains("clean: Credyt has every event as it was sent, and billed it");
    }

    @Test
    void shouldNameRecordsThatAreNoReceiptsAndJudgeTheOthers() throws Exception {
        events.deliver(10, yesterday);
        writeUnreadableReceipts();
        events.deliver(10, yesterday);
        sandbox.deleteEvent(events.ids().get(11));
        Path report = folder.resolve("unreadable.csv");
        var command = new CommandRun();

        assertThat(command.run(reconcile("--json", "--report", report.toString())))
                .describedAs(() -> command.err())
                .isEqualTo(ExitCode.PROBLEMS);

        assertThat(json(command).at("/receipts").longValue()).isEqualTo(23);
        assertThat(json(command).at("/findings/unreadable").longValue()).isEqualTo(3);
        assertThat(json(command).at("/findings/missing").longValue()).isEqualTo(1);
        assertThat(json(command).at("/complete").booleanValue()).isFalse();
        assertThat(json(command).at("/finished").booleanValue()).isTrue();
        assertThat(Files.readAllLines(report))
                .filteredOn(row -> row.startsWith("UNREADABLE,"))
                .hasSize(3);
    }

    @Test
    void shouldSayThatTheKeyIsRefused() {
        events.deliver(3, yesterday);
        sandbox.change("api_keys", Set.of("another"));
        var command = new CommandRun();

        assertThat(command.run(reconcile())).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(command.err().lines())
                .singleElement()
                .isEqualTo(
                        "usageflow: Credyt refuses the API key (HTTP 401): check credyt.api.key or credyt.api.key.file");
    }

    @Test
    void shouldLookOnlyAtThePeriodAndTheAccountThatWereAskedFor() throws Exception {
        events.deliver(40, Instant.now().minus(Duration.ofDays(9)));
        events.deliver(40, yesterday);
        sandbox.deleteEvent(events.ids().get(0));
        sandbox.deleteEvent(events.ids().get(41));
        var period = new CommandRun();
        var account = new CommandRun();
        var nothing = new CommandRun();

        assertThat(period.run(reconcile("--json"))).isEqualTo(ExitCode.PROBLEMS);
        assertThat(account.run(reconcile("--json", "--account", "acct_2"))).isZero();
        assertThat(nothing.run(reconcile("--json", "--account", "acct_none"))).isZero();

        assertThat(json(period).at("/receipts").longValue()).isEqualTo(40);
        assertThat(json(period).at("/missing_by_account/acct_1").longValue()).isEqualTo(1);
        assertThat(json(account).at("/receipts").longValue()).isEqualTo(2);
        assertThat(json(nothing).at("/receipts").longValue()).isZero();
    }

    @Test
    void shouldSayOfWhatItCouldNotCompareWhyAndNotSendItAgain() throws Exception {
        events.deliver(9, yesterday);
        sandbox.deleteEvent(events.ids().get(0));
        deleteRecords(topics.names().deliverable());
        var command = new CommandRun();

        assertThat(command.run(reconcile("--repair", "--apply", "--why", "test")))
                .describedAs(() -> command.err())
                .isEqualTo(ExitCode.PROBLEMS);

        assertThat(command.out())
                .contains("Credyt has it; its content was not compared: what was sent has expired in")
                .contains("Credyt does not have it, and it cannot be sent again: what was sent has expired in")
                .contains("cannot be sent, because the originals have expired in Kafka: 1")
                .contains("NOT CLEAN: 9 of 9 events");
        assertThat(records(topics.names().replays())).isEmpty();
    }

    /** What the catalogue says is checked in FeeCheckTest; here, that it is read from Credyt and used. */
    @Test
    void shouldJudgeFeesByTheCatalogueAndTheSubscription() throws Exception {
        sandbox.createProduct("archive", PriceSpec.volume(DeliveredEvents.TYPE, "total_tokens", "USD", "1", "1000"));
        sandbox.createCustomer(DeliveredEvents.account(3), "ai-usage", "archive");
        sandbox.createCustomer(DeliveredEvents.account(4), "archive");
        sandbox.createCustomer(DeliveredEvents.account(5));
        Instant later = Instant.now().plus(Duration.ofMinutes(5));
        events.deliver(6, later);
        sandbox.changeFees(events.ids().get(3), fees -> List.of(fees.get(0))); // without the fee of the second product
        Path report = folder.resolve("report.json");
        var command = new CommandRun();

        assertThat(command.run(reconcile("--to", later.plusSeconds(1).toString(), "--report", report.toString())))
                .describedAs(() -> command.err())
                .isEqualTo(ExitCode.PROBLEMS);

        List<JsonNode> findings = new ArrayList<>();
        for (String line : Files.readAllLines(report)) {
            findings.add(JSON.readTree(line));
        }
        assertThat(findings)
                .extracting(
                        finding -> finding.path("finding").asText(),
                        finding -> finding.path("event_id").asText(),
                        finding -> finding.path("detail").asText())
                .containsExactlyInAnyOrder(
                        tuple(
                                "FEES_MISSING",
                                events.ids().get(3),
                                "product archive should have charged 1.503 USD, and charged nothing"),
                        tuple(
                                "UNBILLED",
                                events.ids().get(5),
                                "Credyt has it and charged nothing: PRODUCT_NOT_SUBSCRIBED, event type image_generated"
                                        + " is priced by product ai-usage and archive, and the customer has no"
                                        + " subscription"));
    }

    /** A key that may not read products, and an API without them: fees are judged as far as that goes. */
    @Test
    void shouldJudgeWithoutACatalogueWhatItCan() throws Exception {
        events.deliver(4, yesterday);
        sandbox.dropFees(events.ids().get(1));
        sandbox.inject(FaultRule.next(1_000, FaultMatch.route("GET /products"), Fault.status(404)));
        var command = new CommandRun();

        assertThat(command.run(reconcile("--json"))).isEqualTo(ExitCode.PROBLEMS);

        assertThat(json(command).at("/findings/unbilled").longValue()).isEqualTo(1);
        assertThat(json(command).at("/found").longValue()).isEqualTo(1);
        assertThat(json(command).at("/unjudged_fees")).singleElement().satisfies(count -> assertThat(count.longValue())
                .isEqualTo(3));
        assertThat(json(command).at("/notes").toString()).contains("Credyt answers 404 to the list of products");
    }

    @Test
    void shouldTakeTypesWithoutAPriceForWhatTheyAre() {
        events.deliver(4, yesterday);
        events.ids().forEach(sandbox::dropFees);
        var puzzled = new CommandRun();
        var told = new CommandRun();

        assertThat(puzzled.run(reconcile())).isEqualTo(ExitCode.PROBLEMS);
        assertThat(told.run(reconcile("--free", DeliveredEvents.TYPE))).isZero();

        assertThat(puzzled.out())
                .contains("no event of type image_generated has fees (4): if it has no price, name it"
                        + " with --free image_generated");
    }

    @Test
    void shouldRefuseWhatCannotBeMeantBeforeAnythingIsTouched() throws Exception {
        Path report = Files.writeString(folder.resolve("old.csv"), "finding\n");
        assertRefused("exists already: name another report", "--report", report.toString());
        assertRefused("end its name in .csv", "--report", "report.txt");
        assertRefused("the period ends before it begins", "--to", "3d");
        assertRefused("--to is 'soon', which is not a time", "--to", "soon");
        assertRefused("--rate is 0.0", "--rate", "0");
        assertRefused("--repair", "--apply");
        assertThat(report).hasContent("finding\n");
    }
}
