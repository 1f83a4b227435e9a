package io.usageflow.cli.links;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.OperatorCommand;
import io.usageflow.cli.command.Terminal;
import io.usageflow.cli.command.WrongUsageException;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.links.Link;
import io.usageflow.forwarder.links.LinkFile;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.forwarder.links.LinkPlan;
import io.usageflow.forwarder.links.LinkTable;
import io.usageflow.forwarder.links.LinkWriter;
import io.usageflow.forwarder.publish.input.InputBytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code usageflow links import FILE}. */
@Command(
        name = "import",
        description = {
            "Compare a CSV file of links with the current ones; --apply writes new and changed links. Without --apply"
                    + " nothing changes.",
            "Every line is checked first, and errors name the line: with one bad line nothing is written (exit"
                    + " code 2), unless --partial accepts the others (exit code 1). Unchanged links are not written"
                    + " again, and links that the file does not name stay.",
            "A new or changed link whose customer or vendor Credyt does not have is a bad line, too. If Credyt does"
                    + " not answer, standard error says so, and no link is refused for it."
        },
        footerHeading = "%nThe first line names the columns; in each row one of the two ids is filled in:%n",
        footer = {
            "  account,customer_id,customer_external_id          vendor,vendor_external_id",
            "  acct_42,,acme                                     openai,openai-billing",
            "  acct_43,cust_4zhwdkxhjhp5v6,",
            "  For platforms, the column credyt_account names the connected account of a row, acc_...;"
                    + " without it, the link is in the account of the settings.",
            "",
            "Examples:",
            "  usageflow links import customers.csv               shows the changes",
            "  usageflow links import customers.csv --apply",
            "  crm-export | usageflow links import - --apply --partial"
        })
public final class LinksImportCommand extends OperatorCommand {
    private static final int CHANGES_SHOWN = 20;

    @Parameters(
            paramLabel = "FILE",
            description = "CSV in UTF-8 with a header, also compressed with gzip or zip; - is standard input.")
    private String file = "-";

    @Option(names = "--apply", description = "Write the links; without it only the plan is shown.")
    private boolean apply;

    @Option(names = "--partial", description = "Continue without the bad lines.")
    private boolean partial;

    @Mixin
    private Verification verification = new Verification();

    LinksImportCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Settings settings = Settings.load(options.over(verification.credytDefaults(), terminal.environment()));
        LinkFile given = read();
        note(given.bad());
        requireGood(given, "");
        LinkPlan all = LinkPlan.of(
                given,
                new LinkTable(settings),
                refused -> terminal.note("usageflow: a record that admission does not take either: " + refused));
        Map<Link, String> refusals = verification.refusals(
                settings,
                terminal,
                all.toWrite().stream().map(LinkFile.Row::link).toList());
        LinkFile links = given.refusing(refusals);
        note(links.bad().stream().filter(bad -> !given.bad().contains(bad)).toList());
        requireGood(links, ", or link what Credyt does not have yet with --no-verify");
        LinkPlan plan = all.without(refusals.keySet());
        LinkWriter.Written written = LinksCommand.write(apply, plan, "line", settings, terminal);
        show(Document.of(apply, links, plan, written), () -> show(links, plan, written));
        return links.bad().isEmpty() && written.failed() == 0 ? ExitCode.OK : ExitCode.PROBLEMS;
    }

    private void note(List<LinkFile.BadRow> bad) {
        bad.forEach(row -> terminal.note("line " + row.line() + ": " + row.problem()));
    }

    private void requireGood(LinkFile links, String alternative) {
        if (!links.bad().isEmpty() && !partial) {
            throw new WrongUsageException(
                    "%d of %d lines are bad, so nothing was written: correct them, or continue without"
                                    .formatted(
                                            links.bad().size(),
                                            links.bad().size() + links.links().size())
                            + " them with --partial" + alternative);
        }
    }

    private LinkFile read() throws IOException {
        Optional<Path> path = file.equals("-") ? Optional.empty() : Optional.of(Path.of(file));
        try (InputStream in = path.isEmpty() ? terminal.in() : Files.newInputStream(path.get())) {
            return LinkFile.read(InputBytes.of(in, path).text(), Instant.now());
        } catch (IllegalArgumentException noTable) {
            throw new WrongUsageException(file + ": " + noTable.getMessage());
        }
    }

    private void show(LinkFile links, LinkPlan plan, LinkWriter.Written written) {
        plan.changed().stream()
                .limit(CHANGES_SHOWN)
                .forEach(change -> terminal.say("line " + change.row().line() + ": "
                        + change.row().link().name() + " is linked to "
                        + change.before().text() + (apply ? ", from now on to " : " and would be linked to ")
                        + change.row().link().reference().text()));
        if (plan.changed().size() > CHANGES_SHOWN) {
            terminal.say("... and " + (plan.changed().size() - CHANGES_SHOWN) + " more changed links");
        }
        terminal.say("new %,d, changed %,d, unchanged %,d, bad lines %,d"
                .formatted(
                        plan.added().size(),
                        plan.changed().size(),
                        plan.unchanged(),
                        links.bad().size()));
        if (apply) {
            terminal.say("written %,d, failed %,d".formatted(written.durable(), written.failed()));
        } else if (plan.added().size() + plan.changed().size() > 0) {
            terminal.say("Nothing was written: --apply writes the new and the changed ones.");
        }
    }

    /** What {@code --json} shows. */
    public record Document(
            boolean applied,
            @JsonProperty("new") int added,
            int changed,
            long unchanged,
            long written,
            long failed,
            List<Change> changes,
            List<LinkFile.BadRow> badLines) {
        public static Document of(boolean applied, LinkFile links, LinkPlan plan, LinkWriter.Written written) {
            boolean accounts = plan.kind() == LinkKind.CUSTOMER;
            return new Document(
                    applied,
                    plan.added().size(),
                    plan.changed().size(),
                    plan.unchanged(),
                    written.durable(),
                    written.failed(),
                    plan.changed().stream()
                            .map(change -> new Change(
                                    change.row().line(),
                                    accounts ? change.row().link().name() : null,
                                    accounts ? null : change.row().link().name(),
                                    change.before().text(),
                                    change.row().link().reference().text()))
                            .toList(),
                    links.bad());
        }
    }

    public record Change(
            long line, @Nullable String account, @Nullable String vendor, String before, String after) {}
}
