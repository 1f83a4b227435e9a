package io.usageflow.cli;

import static io.usageflow.forwarder.testing.PublicSurface.requireUnchanged;

import io.usageflow.cli.catalogue.SimulateCommand;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.Terminal;
import io.usageflow.cli.demo.DemoReport;
import io.usageflow.cli.links.LinksCheckCommand;
import io.usageflow.cli.links.LinksCreateCommand;
import io.usageflow.cli.links.LinksImportCommand;
import io.usageflow.cli.links.LinksSyncCommand;
import io.usageflow.cli.operate.DoctorCommand;
import io.usageflow.cli.operate.FundsCommand;
import io.usageflow.cli.operate.ParkedCommand;
import io.usageflow.cli.operate.TopicsCommand;
import io.usageflow.cli.publish.BackfillResult;
import io.usageflow.cli.publish.PublishCommand;
import io.usageflow.cli.reconcile.ReconcileTable;
import io.usageflow.cli.reconcile.RemedyTable;
import io.usageflow.cli.reconcile.UnknownTable;
import io.usageflow.forwarder.balance.BalanceReport;
import io.usageflow.forwarder.catalogue.CatalogueReport;
import io.usageflow.forwarder.catalogue.InputReport;
import io.usageflow.forwarder.catalogue.simulation.SimulationReport;
import io.usageflow.forwarder.doctor.CheckResult;
import io.usageflow.forwarder.funds.FundsDocument;
import io.usageflow.forwarder.identity.LinkCheck;
import io.usageflow.forwarder.identity.LinkSync;
import io.usageflow.forwarder.links.Link;
import io.usageflow.forwarder.links.LinkFile;
import io.usageflow.forwarder.links.LinkPlan;
import io.usageflow.forwarder.links.LinkWriter;
import io.usageflow.forwarder.parked.ParkedOverview;
import io.usageflow.forwarder.publish.PublishRun;
import io.usageflow.forwarder.reconcile.ReconcileRun.ReconcileResult;
import io.usageflow.forwarder.reconcile.receipts.ReconcileSummary;
import io.usageflow.forwarder.reconcile.remedy.Remedy.RemedySummary;
import io.usageflow.forwarder.reconcile.unknown.UnknownSummary;
import io.usageflow.forwarder.testing.JsonShape;
import io.usageflow.forwarder.testing.SampleValues;
import io.usageflow.forwarder.topics.TopicPlan;
import io.usageflow.producer.PublishReceipt;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What scripts depend on: commands, options, exit codes and the names in JSON. */
class CommandSurfaceTest {
    @Test
    void shouldKeepCommandsAndOptions() {
        var lines = new ArrayList<String>();
        gather(Main.commandLine(Terminal.ofProcess()), lines);

        requireUnchanged("Commands", lines);
        requireUnchanged(
                "Exit codes",
                List.of(
                        "OK " + ExitCode.OK,
                        "PROBLEMS " + ExitCode.PROBLEMS,
                        "USAGE " + ExitCode.USAGE,
                        "UNREACHABLE " + ExitCode.UNREACHABLE,
                        "FAULT " + ExitCode.FAULT));
    }

    private static void gather(CommandLine line, List<String> lines) {
        CommandSpec command = line.getCommandSpec();
        if (command.usageMessage().hidden()) {
            return;
        }
        lines.add(Stream.concat(Stream.of(command.qualifiedName()), Arrays.stream(command.aliases()))
                .reduce((one, other) -> one + " or " + other)
                .orElseThrow());
        for (ArgSpec argument : command.args()) {
            if (command.parent() != null && isOfEveryCommand(argument)) {
                continue;
            }
            String name = argument instanceof OptionSpec option
                    ? String.join(" ", option.names())
                    : "<" + argument.paramLabel() + ">";
            lines.add(command.qualifiedName() + " " + name
                    + (argument.arity().max() == 0 ? "" : ", " + type(argument))
                    + (argument.isMultiValue() ? ", repeatable" : "")
                    + (argument.required() ? ", required" : "")
                    + (argument.splitRegex().isEmpty() ? "" : ", separated by " + argument.splitRegex())
                    + (argument.defaultValue() == null ? "" : ", default " + argument.defaultValue()));
        }
        line.getSubcommands().values().forEach(each -> gather(each, lines));
    }

    private static boolean isOfEveryCommand(ArgSpec argument) {
        return argument instanceof OptionSpec option
                && (option.inherited() || option.usageHelp() || option.versionHelp());
    }

    private static String type(ArgSpec argument) {
        Class<?> type = argument.typeInfo().getType();
        return type.isEnum() ? Arrays.toString(type.getEnumConstants()) : type.getSimpleName();
    }

    @Test
    void shouldKeepTheNamesInJson() {
        json("doctor", List.of(new DoctorCommand.Document(false, SampleValues.of(CheckResult.class))));
        json(
                "topics plan",
                SampleValues.of(TopicPlan.class).stream()
                        .map(TopicsCommand.Document::of)
                        .toList());
        json(
                "links list",
                SampleValues.of(Link.class).stream().map(Link::document).toList());
        json(
                "links import",
                SampleValues.of(LinkPlan.class).stream()
                        .map(plan -> LinksImportCommand.Document.of(
                                true,
                                SampleValues.of(LinkFile.class).get(0),
                                plan,
                                SampleValues.of(LinkWriter.Written.class).get(0)))
                        .toList());
        json(
                "links check",
                SampleValues.of(LinkCheck.Report.class).stream()
                        .map(LinksCheckCommand.Document::of)
                        .toList());
        json("links create", SampleValues.of(LinksCreateCommand.Document.class));
        json(
                "links sync",
                SampleValues.of(LinkSync.class).stream()
                        .map(sync -> LinksSyncCommand.Document.of(
                                true,
                                sync,
                                SampleValues.of(LinkWriter.Written.class).get(0)))
                        .toList());
        json(
                "parked list",
                SampleValues.of(ParkedOverview.class).stream()
                        .map(overview -> ParkedCommand.ParkedList.Document.of(overview, Instant.EPOCH))
                        .toList());
        json("funds list", List.of(new FundsCommand.FundsList.Document(SampleValues.of(FundsDocument.class))));
        json(
                "publish, one event",
                SampleValues.of(PublishReceipt.class).stream()
                        .map(PublishCommand.Document::of)
                        .toList());
        json(
                "publish, a file",
                SampleValues.of(PublishRun.Counts.class).stream()
                        .flatMap(counts -> Stream.of(
                                BackfillResult.Document.of(true, counts, Optional.empty()),
                                BackfillResult.Document.of(
                                        false, counts, Optional.of(new InputReport(true, 0, List.of(), List.of())))))
                        .toList());
        json(
                "reconcile",
                SampleValues.of(ReconcileSummary.class).stream()
                        .flatMap(CommandSurfaceTest::results)
                        .map(ReconcileTable.Document::of)
                        .toList());
        json(
                "reconcile --unknown",
                SampleValues.of(UnknownSummary.class).stream()
                        .flatMap(CommandSurfaceTest::results)
                        .map(UnknownTable::document)
                        .toList());
        json(
                "remedy",
                SampleValues.of(RemedySummary.class).stream()
                        .map(summary -> RemedyTable.Document.of(summary, true))
                        .toList());
        json("catalogue check", SampleValues.of(CatalogueReport.class));
        json(
                "simulate",
                SampleValues.of(SimulationReport.class).stream()
                        .map(report -> SimulateCommand.Document.of(report, 1))
                        .toList());
        json("balance", SampleValues.of(BalanceReport.class));
        json("demo, report", SampleValues.of(DemoReport.class));
    }

    private static <S> Stream<ReconcileResult<S>> results(S summary) {
        return Stream.of(true, false)
                .map(complete -> new ReconcileResult<>(
                        summary, Instant.EPOCH, Instant.EPOCH, complete, complete, List.of(SampleValues.TEXT)));
    }

    private static void json(String command, Collection<?> documents) {
        requireUnchanged("JSON of " + command, JsonShape.of(documents));
    }
}
