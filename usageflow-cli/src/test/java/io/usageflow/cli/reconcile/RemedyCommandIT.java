package io.usageflow.cli.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.cli.CommandRun;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.forwarder.reconcile.RemedyIds;
import io.usageflow.forwarder.testing.DeliveredEvents;
import io.usageflow.sandbox.fault.Fault;
import io.usageflow.sandbox.fault.FaultRule;
import io.usageflow.sandbox.fault.FaultRule.FaultMatch;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Remedies as a user runs them, over topics and a stand-in that hold what deliveries leave behind. */
class RemedyCommandIT extends ReconcileFixture {
    private Path report;

    @BeforeEach
    void nameReport() {
        report = folder.resolve("report.csv");
    }

    @Test
    void shouldSendUnbilledEventsAgainOnceAndNotBeforeTheyWouldBeBilled() throws Exception {
        events.deliver(40, yesterday);
        List<String> unbilled = List.of(events.ids().get(3), events.ids().get(11));
        unbilled.forEach(sandbox::dropFees);
        reconcileInto(report);

        CommandRun plan = remedy(ExitCode.OK);
        assertThat(plan.out())
                .contains("WOULD_SEND", "as " + RemedyIds.sentAgain(unbilled.get(0)), "nothing was touched")
                .doesNotContain("findings left");
        assertThat(records(topics.names().replays())).isEmpty();
        assertThat(records(topics.names().deadLetterMarks())).isEmpty();

        CommandRun wrong = remedy(ExitCode.OK, "--set", "data.total_tokens=1", "--set", "event_type=image_generated");
        assertThat(wrong.out()).contains("WOULD_SEND");
        CommandRun unknown = remedy(ExitCode.PROBLEMS, "--set", "event_type=images_generated", "--apply", "--why", "x");
        assertThat(unknown.out()).contains("STILL_NOT_BILLABLE", "did you mean image_generated?");
        assertThat(records(topics.names().replays())).isEmpty();

        remedy(ExitCode.OK, "--apply", "--why", "invoice 11", "--who", "fin");
        CommandRun again = remedy(ExitCode.OK, "--apply", "--why", "invoice 11");
        assertThat(again.out()).contains("SENT_BEFORE", "is on its way");

        assertThat(records(topics.names().replays()))
                .hasSize(2)
                .allSatisfy(record -> assertThat(record)
                        .contains("traceparent=00-")
                        .contains("usageflow-replay-of=remedy-")
                        .contains(DeliveredEvents.TYPE)
                        .describedAs("costs are recorded with the event that was not billed")
                        .doesNotContain("openai"))
                .anySatisfy(record -> assertThat(record)
                        .contains(RemedyIds.sentAgain(unbilled.get(0)).toString()));
        assertThat(records(topics.names().deadLetterMarks())).hasSize(2).allSatisfy(mark -> assertThat(mark)
                .startsWith("remedy-")
                .contains("REPLAYED", "fin", "invoice 11 (event ", "was not billed"));
    }

    @Test
    void shouldLeaveAloneWhatCredytHasBilledInTheMeantime() throws Exception {
        events.deliver(10, yesterday);
        sandbox.dropFees(events.ids().get(3));
        sandbox.dropFees(events.ids().get(4));
        reconcileInto(report);
        sandbox.setFee(events.ids().get(3), new BigDecimal("0.04"), "USD");
        events.postAs(4, RemedyIds.sentAgain(events.ids().get(4)).toString());

        CommandRun late = remedy(ExitCode.OK, "--apply", "--why", "late");

        assertThat(late.out())
                .contains("NOT_NEEDED", "Credyt has billed it in the meantime")
                .contains("SENT_BEFORE", "Credyt has billed it as ");
        assertThat(records(topics.names().replays())).isEmpty();
    }

    @Test
    void shouldCorrectTheWalletOnceToTheLastDigit() throws Exception {
        events.deliver(40, yesterday);
        String twice = events.ids().get(5);
        sandbox.changeFees(
                twice, fees -> Stream.concat(fees.stream(), fees.stream()).toList());
        sandbox.setFee(events.ids().get(6), new BigDecimal("0.4"), "USD");
        sandbox.setFee(events.ids().get(7), new BigDecimal("0.01"), "USD");
        BigDecimal before5 = balance(5);
        BigDecimal before6 = balance(6);
        BigDecimal before7 = balance(7);
        reconcileInto(report);

        CommandRun plan = remedy(ExitCode.PROBLEMS);
        assertThat(plan.out())
                .contains("wallets would be corrected by +0.4 USD", "NEEDS_CHARGE_REASON", "findings left: 1");
        assertThat(balance(5)).isEqualByComparingTo(before5);

        remedy(ExitCode.PROBLEMS, "--apply", "--why", "invoice 11");
        remedy(ExitCode.PROBLEMS, "--apply", "--why", "invoice 11");
        assertThat(balance(5)).isEqualByComparingTo(before5.add(new BigDecimal("0.04")));
        assertThat(balance(6)).isEqualByComparingTo(before6.add(new BigDecimal("0.36")));
        assertThat(balance(7)).describedAs("nothing is taken unasked").isEqualByComparingTo(before7);

        CommandRun all =
                remedy(ExitCode.OK, "--apply", "--why", "invoice 11", "--charge-reason", "usage_correction", "--json");
        assertThat(json(all).at("/outcomes/adjusted").longValue()).isEqualTo(1);
        assertThat(json(all).at("/outcomes/adjusted_before").longValue()).isEqualTo(2);
        assertThat(json(all).at("/wallets/USD").textValue()).isEqualTo("-0.03");
        assertThat(balance(7)).isEqualByComparingTo(before7.subtract(new BigDecimal("0.03")));
        assertThat(records(topics.names().deadLetterMarks())).hasSize(3).allSatisfy(mark -> assertThat(mark)
                .contains("ADJUSTED", "wallet USD", "had wrong fees"));

        var reconciled = new CommandRun();
        assertThat(reconciled.run(reconcile("--json")))
                .describedAs(reconciled::err)
                .isEqualTo(ExitCode.OK);
        assertThat(json(reconciled).at("/remedied/fees_double").longValue()).isEqualTo(1);
        assertThat(json(reconciled).at("/remedied/fees_differ").longValue()).isEqualTo(2);
    }

    /** A kill between the correction and its mark: the second request has the first one's transaction id. */
    @Test
    void shouldCorrectTheWalletOnceAfterAnAnswerWasLost() throws Exception {
        events.deliver(20, yesterday);
        sandbox.setFee(events.ids().get(5), new BigDecimal("0.4"), "USD");
        BigDecimal before = balance(5);
        reconcileInto(report);
        sandbox.inject(FaultRule.next(
                100, FaultMatch.route("POST /customers/{id}/wallet/adjustments"), Fault.commitThenDrop()));

        remedy(ExitCode.UNREACHABLE, "--apply", "--why", "lost");
        assertThat(records(topics.names().deadLetterMarks())).isEmpty();
        sandbox.clearFaults();
        remedy(ExitCode.OK, "--apply", "--why", "again");

        assertThat(balance(5)).isEqualByComparingTo(before.add(new BigDecimal("0.36")));
        assertThat(records(topics.names().deadLetterMarks())).hasSize(1);
    }

    @Test
    void shouldNameWhatCannotBeReadAnyMore() throws Exception {
        events.deliver(9, yesterday);
        sandbox.dropFees(events.ids().get(1));
        sandbox.deleteEvent(events.ids().get(2));
        reconcileInto(report);
        deleteRecords(topics.names().deliverable());

        CommandRun expired = remedy(ExitCode.PROBLEMS);
        assertThat(expired.out())
                .contains("NOT_READABLE", "what was sent has expired in")
                .contains("NO_REMEDY", "--repair");
        CommandRun chosen = remedy(ExitCode.PROBLEMS, "--event", events.ids().get(1));
        assertThat(chosen.out()).contains("NOT_READABLE").doesNotContain("NO_REMEDY");
        deleteRecords(topics.names().receipts());
        assertThat(remedy(ExitCode.PROBLEMS, "--finding", "UNBILLED").out()).contains("its receipt is not at");
        assertThat(remedy(ExitCode.OK, "--account", "acct_none").out()).contains("nothing to do");
    }

    @Test
    void shouldRefuseWhatCannotBeMeant() throws Exception {
        Files.writeString(report, "a,b\n1,2\n");
        assertThat(remedy(ExitCode.USAGE).err()).contains("line 1: the header lacks one of finding");
        assertThat(remedy(ExitCode.USAGE, "--apply").err()).contains("--apply needs --why");
        assertThat(remedy(ExitCode.USAGE, "--set", "account_id=acct_2").err())
                .contains("a remedy changes only what Credyt prices");
        report = folder.resolve("none.csv");
        assertThat(remedy(ExitCode.USAGE).err()).contains("there is no file");
    }

    private void reconcileInto(Path file) {
        var run = new CommandRun();
        assertThat(run.run(reconcile("--report", file.toString())))
                .describedAs(run::err)
                .isEqualTo(ExitCode.PROBLEMS);
    }

    private CommandRun remedy(int exitCode, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "remedy",
                report.toString(),
                "--set",
                "credyt.url=" + sandbox.url(),
                "--set",
                "credyt.api.key=dev",
                "--rate",
                "10000"));
        arguments.addAll(List.of(more));
        var run = new CommandRun();
        assertThat(run.run(topics.with(arguments.toArray(new String[0]))))
                .describedAs(() -> arguments + "\n" + run.out() + run.err())
                .isEqualTo(exitCode);
        return run;
    }

    private BigDecimal balance(int event) {
        return sandbox.balance(DeliveredEvents.account(event), "USD");
    }
}
