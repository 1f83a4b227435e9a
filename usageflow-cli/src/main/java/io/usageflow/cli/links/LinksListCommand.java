package io.usageflow.cli.links;

import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.OperatorCommand;
import io.usageflow.cli.command.Table;
import io.usageflow.cli.command.Terminal;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.links.Link;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.forwarder.links.LinkTable;
import io.usageflow.schema.ReferenceKind;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "list",
        description = {
            "List the current links, as admission uses them: the newest of each account and vendor. Changes nothing.",
            "Reads the link topics from their beginning, in bounded memory. Exit code 1 if --account or --vendor"
                    + " names one without a link, or if admission rejects a record; standard error names it."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  usageflow links list",
            "  usageflow links list --customers --json | jq -r .account",
            "  usageflow links list --account acct_42"
        })
public final class LinksListCommand extends OperatorCommand {
    private static final int ROWS_AT_ONCE = 1_000;
    private static final int REFUSALS_SHOWN = 20;

    @ArgGroup(exclusive = true)
    private Which which = new Which();

    /** Rows that are printed together, in columns of one width. */
    private Table page = emptyPage();

    private int rows;
    private boolean headed;

    static final class Which {
        @Option(names = "--account", paramLabel = "ID", description = "The link of this account only.")
        private @Nullable String account;

        @Option(names = "--vendor", paramLabel = "NAME", description = "The link of this vendor only.")
        private @Nullable String vendor;

        @Option(names = "--customers", description = "The links of accounts only.")
        private boolean customers;

        @Option(names = "--vendors", description = "The links of vendors only.")
        private boolean vendors;
    }

    LinksListCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() {
        Settings settings = settings();
        var table = new LinkTable(settings);
        Set<String> refusals = new LinkedHashSet<>();
        @Nullable String name = which.account != null ? which.account : which.vendor;
        long found = 0;
        if (name != null) {
            LinkKind kind = which.account != null ? LinkKind.CUSTOMER : LinkKind.VENDOR;
            found = table.find(kind, name, refusal -> refusals.add(refusal.text()))
                    .map(link -> {
                        show(link);
                        return 1;
                    })
                    .orElse(0);
        } else {
            KindOptions.of(which.customers, which.vendors)
                    .forEach(kind -> table.read(kind, this::show, refusal -> {
                        if (refusals.size() < REFUSALS_SHOWN) {
                            refusals.add(refusal.text());
                        }
                    }));
        }
        flush();
        refusals.forEach(refusal -> terminal.note("usageflow: a record that admission does not take: " + refusal));
        if (!refusals.isEmpty()) {
            terminal.note(
                    "usageflow: 'usageflow links delete' removes such a link too: give the name as its record has it");
        }
        if (name != null && found == 0) {
            terminal.note("usageflow: " + name + " has no link");
            return ExitCode.PROBLEMS;
        }
        if (!headed && !output.json()) {
            terminal.say("There are no links yet: 'usageflow links put' writes one, 'usageflow links import' many.");
        }
        return refusals.isEmpty() ? ExitCode.OK : ExitCode.PROBLEMS;
    }

    private void show(Link link) {
        if (output.json()) {
            output.line(terminal, link.document());
            return;
        }
        boolean external = link.reference().kind() == ReferenceKind.EXTERNAL_ID;
        page.row(
                link.kind().key(),
                link.name(),
                external ? "external id" : "Credyt's id",
                link.reference().text(),
                link.since());
        rows++;
        if (rows % ROWS_AT_ONCE == 0) {
            flush();
        }
    }

    private void flush() {
        if (!page.isEmpty()) {
            page.lines().stream().skip(headed ? 1 : 0).forEach(terminal::say);
            headed = true;
            page = emptyPage();
        }
    }

    private static Table emptyPage() {
        return new Table("KIND", "NAME", "LINKED BY", "TO", "SINCE");
    }
}
