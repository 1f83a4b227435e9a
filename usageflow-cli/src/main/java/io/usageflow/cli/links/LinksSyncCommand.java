package io.usageflow.cli.links;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.usageflow.cli.command.CredytCommand;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.RateOption;
import io.usageflow.cli.command.Terminal;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.identity.CredytConnection;
import io.usageflow.forwarder.identity.LinkSync;
import io.usageflow.forwarder.links.Link;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.forwarder.links.LinkTable;
import io.usageflow.forwarder.links.LinkWriter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "sync",
        description = {
            "Propose a link for each of Credyt's customers that no link names: from the account whose id is the"
                    + " customer's external id. --apply writes the proposed links. Without --apply nothing changes.",
            "Links that exist are never changed or removed; an account that is linked to another customer is shown."
                    + " Exit code 1 if there is one, if a customer cannot be linked, or if Credyt's list is not proved"
                    + " whole; 3 if Credyt does not answer."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  usageflow links sync                       shows the proposed links",
            "  usageflow links sync --apply",
            "  usageflow links sync --vendors --json",
            "  usageflow links sync --credyt-account acc_1"
        })
public final class LinksSyncCommand extends CredytCommand {
    private static final int SHOWN = 20;

    @Mixin
    private CredytAccountOption account = new CredytAccountOption();

    @Option(names = "--vendors", description = "Link vendors by their external ids; customers by default.")
    private boolean vendors;

    @Option(names = "--apply", description = "Write the proposed links; without it only the plan is shown.")
    private boolean apply;

    @Mixin
    private RateOption rate = new RateOption();

    LinksSyncCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() throws InterruptedException {
        Settings settings = settings();
        Optional<LinkSync> compared;
        try (CredytConnection connection =
                CredytConnection.open(settings.credyt(), rate.perSecond(), terminal.stop()::isRequested)) {
            compared = LinkSync.of(
                    vendors ? LinkKind.VENDOR : LinkKind.CUSTOMER,
                    account.account(),
                    new LinkTable(settings),
                    connection.lookup(),
                    Instant.now(),
                    refused -> terminal.note("usageflow: a record that admission does not take: " + refused));
        }
        if (compared.isEmpty()) {
            terminal.note("usageflow: stopped; nothing was written");
            return ExitCode.PROBLEMS;
        }
        LinkSync sync = compared.get();
        LinkWriter.Written written = LinksCommand.write(apply, sync.plan(), "link", settings, terminal);
        show(Document.of(apply, sync, written), () -> show(sync, written));
        return sync.isClean() && written.failed() == 0 ? ExitCode.OK : ExitCode.PROBLEMS;
    }

    private void show(LinkSync sync, LinkWriter.Written written) {
        String key = sync.kind().key();
        shown(sync.proposed().stream()
                .map(link -> "new        " + key + " " + link.name() + " -> "
                        + link.reference().text())
                .toList());
        shown(sync.different().stream()
                .map(one -> "different  " + key + " " + one.account() + " is linked to "
                        + one.linkedTo().text() + ", and Credyt's "
                        + sync.kind().target() + " of that external id is "
                        + one.identity().id() + "; not changed")
                .toList());
        shown(sync.refused().stream()
                .map(one -> "refused    " + one.identity().id() + ": " + one.why())
                .toList());
        terminal.say("new %,d, different %,d, refused %,d, linked already %,d, without an external id %,d"
                .formatted(
                        sync.proposed().size(),
                        sync.different().size(),
                        sync.refused().size(),
                        sync.linked(),
                        sync.nameless()));
        sync.shortfall().ifPresent(why -> terminal.say("Credyt's list is not proved whole: " + why));
        if (apply) {
            terminal.say("written %,d, failed %,d".formatted(written.durable(), written.failed()));
        } else if (!sync.proposed().isEmpty()) {
            terminal.say("Nothing was written: --apply writes the new ones.");
        }
    }

    private void shown(List<String> lines) {
        lines.stream().limit(SHOWN).forEach(terminal::say);
        if (lines.size() > SHOWN) {
            terminal.say("... and %,d more; --json shows all".formatted(lines.size() - SHOWN));
        }
    }

    /** What {@code --json} shows. */
    public record Document(
            boolean applied,
            @JsonProperty("new") List<Map<String, Object>> proposed,
            List<Different> different,
            List<Refused> refused,
            long linked,
            long withoutExternalId,
            Optional<String> shortfall,
            long written,
            long failed) {
        public static Document of(boolean applied, LinkSync sync, LinkWriter.Written written) {
            return new Document(
                    applied,
                    sync.proposed().stream().map(Link::document).toList(),
                    sync.different().stream()
                            .map(one -> new Different(
                                    one.account(),
                                    one.linkedTo().text(),
                                    one.identity().id()))
                            .toList(),
                    sync.refused().stream()
                            .map(one -> new Refused(one.identity().id(), one.why()))
                            .toList(),
                    sync.linked(),
                    sync.nameless(),
                    sync.shortfall(),
                    written.durable(),
                    written.failed());
        }
    }

    /**
     * An account, or a vendor with {@code --vendors}, that is linked to something else.
     *
     * @param atCredyt the id of the one with that external id
     */
    public record Different(String name, String linkedTo, String atCredyt) {}

    public record Refused(String id, String why) {}
}
