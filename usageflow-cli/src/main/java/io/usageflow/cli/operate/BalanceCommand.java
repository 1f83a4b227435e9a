package io.usageflow.cli.operate;

import io.usageflow.cli.command.CredytCommand;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.Table;
import io.usageflow.cli.command.Terminal;
import io.usageflow.forwarder.balance.BalanceQuery;
import io.usageflow.forwarder.balance.BalanceReport;
import io.usageflow.forwarder.balance.BalanceReport.Asset;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.schema.text.CountText;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code usageflow balance}. */
@Command(
        name = "balance",
        description = {
            "Show the wallet of an account's customer, and what of the account is still on its way.",
            "Asks Credyt for the wallet. On its way are the account's events that admission or delivery has still to"
                    + " read, with their expected fees by Credyt's prices; parked events and those in spools are not"
                    + " among them. SERVICES READ is what the forwarder wrote to usage.balances last. Changes nothing."
                    + " Exit code 1 if the account has no customer or no wallet at Credyt, or something could not be"
                    + " read; 3 if Credyt does not answer."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  usageflow balance acct_42",
            "  usageflow balance acct_42 --json | jq '.assets[] | select(.asset == \"USD\") | .left'"
        })
public final class BalanceCommand extends CredytCommand {

    @Parameters(paramLabel = "ACCOUNT", description = "The account, as events name it.")
    private String account = "";

    public BalanceCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() throws InterruptedException {
        Settings settings = settings();
        terminal.stop().onProcessEnd();
        Optional<BalanceReport> report = new BalanceQuery(settings, Clock.systemUTC())
                .of(account, CredytQueries.PER_SECOND_DEFAULT, terminal.stop()::isRequested);
        if (report.isEmpty()) {
            terminal.note("usageflow: stopped before Credyt had answered");
            return ExitCode.PROBLEMS;
        }
        show(report.get(), () -> show(report.get()));
        return report.get().customerId().isPresent() && report.get().notes().isEmpty()
                ? ExitCode.OK
                : ExitCode.PROBLEMS;
    }

    private void show(BalanceReport report) {
        report.customer()
                .ifPresent(customer -> terminal.say("Account %s is customer %s%s"
                        .formatted(
                                report.account(),
                                customer.value(),
                                report.customerId()
                                        .filter(id -> !id.equals(customer.value()))
                                        .map(id -> " (" + id + ")")
                                        .orElse(""))));
        var table = new Table("ASSET", "WALLET", "ON ITS WAY", "LEFT", "SERVICES READ");
        for (Asset asset : report.assets()) {
            table.row(
                    asset.asset(),
                    asset.available().toPlainString(),
                    asset.onItsWay().toPlainString(),
                    asset.left().toPlainString(),
                    asset.keptLeft().map(BigDecimal::toPlainString).orElse(""));
        }
        if (!table.isEmpty()) {
            table.print(terminal);
        } else if (report.customerId().isPresent()) {
            terminal.say("The wallet is empty.");
        }
        terminal.say("On its way: %s not admitted, %,d not delivered%s"
                .formatted(
                        CountText.of(report.notAdmitted(), "event"),
                        report.undelivered(),
                        report.onItsWayComplete() ? "" : "; the fees of some are not known"));
        terminal.say(report.kept()
                .map(kept -> "Services read a balance that is %,d s old".formatted(kept.ageSeconds()))
                .orElse("Services read no balance of this account"));
        report.notes().forEach(note -> terminal.note("usageflow: " + note));
    }
}
