package io.usageflow.cli.operate;

import io.usageflow.cli.command.CredytCommand;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.Logging;
import io.usageflow.cli.command.Table;
import io.usageflow.cli.command.Terminal;
import io.usageflow.forwarder.doctor.CheckResult;
import io.usageflow.forwarder.doctor.CheckResult.CheckStatus;
import io.usageflow.forwarder.doctor.check.ForwarderChecks;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code usageflow doctor}. */
@Command(
        name = "doctor",
        description = {
            "Check everything that a forwarder needs, with the settings that it would have: settings,"
                    + " Kafka and its version,"
                    + " topics, replicas, rights, schema registry, Credyt, the key and its mode, clocks, state"
                    + " directory, admin port and memory. Each gets a verdict and a remedy. Changes nothing and shows"
                    + " no key; takes half a minute at most.",
            "OK; SKIPPED, not checked because something else fails; WARN, may cause trouble later; FAIL, the"
                    + " forwarder cannot run like this. Exit code 1 if a check fails. Run it where the forwarder"
                    + " runs, with the same options."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  usageflow doctor --config forwarder.properties",
            "  usageflow doctor --dev                 with the key of 'usageflow dev'",
            "  usageflow doctor --json | jq '.findings[] | select(.verdict == \"FAIL\")'"
        })
public final class DoctorCommand extends CredytCommand {
    public DoctorCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() throws InterruptedException {
        // Kafka's clients would say on their own, and often, what the findings say once.
        Logging.onlyProblems();
        List<CheckResult> findings = ForwarderChecks.of(options.over(defaults(), terminal.environment()));
        boolean fails = findings.stream().anyMatch(finding -> finding.verdict() == CheckStatus.FAIL);
        show(new Document(!fails, findings), () -> show(findings, fails));
        return fails ? ExitCode.PROBLEMS : ExitCode.OK;
    }

    private void show(List<CheckResult> findings, boolean fails) {
        var table = new Table("VERDICT", "CHECK", "FOUND");
        for (CheckResult finding : findings) {
            table.row(finding.verdict(), finding.check(), finding.detail());
        }
        table.print(terminal);
        List<CheckResult> toDo = findings.stream()
                .filter(finding -> finding.remedy().isPresent())
                .toList();
        if (!toDo.isEmpty()) {
            terminal.say("");
            terminal.say("What to do:");
            toDo.forEach(finding -> terminal.say("  " + finding.verdict() + "  " + finding.check() + ": "
                    + finding.remedy().orElse("")));
        }
        terminal.say("");
        long warnings = findings.stream()
                .filter(finding -> finding.verdict() == CheckStatus.WARN)
                .count();
        terminal.say(
                fails
                        ? "A forwarder does not run like this."
                        : "A forwarder can run"
                                + (warnings == 0 ? "." : "; " + warnings + " warnings will hurt some day."));
    }

    /** What {@code --json} shows. */
    public record Document(boolean healthy, List<CheckResult> findings) {}
}
