package io.usageflow.cli.links;

import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.SettingsOptions;
import io.usageflow.cli.command.Terminal;
import io.usageflow.cli.command.WrongUsageException;
import io.usageflow.forwarder.config.AdmissionSettings.Unlinked.Policy;
import io.usageflow.forwarder.config.DurationText;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.links.Link;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.forwarder.links.LinkTable;
import io.usageflow.forwarder.links.LinkTable.Refusal;
import io.usageflow.forwarder.links.LinkWriter;
import io.usageflow.forwarder.links.RecentEvents;
import io.usageflow.schema.text.CountText;
import io.usageflow.schema.text.VisibleText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "delete",
        description = {
            "Show the effect of deleting a link; --apply deletes it. Without --apply nothing changes.",
            "Events that passed are not affected. Later ones wait for a new link, or go to Credyt under their own name"
                    + " where admission.customers.unlinked (admission.vendors.unlinked) is passthrough. Exit code 2 if"
                    + " there is no such link."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  usageflow links delete --account acct_42            shows the effect",
            "  usageflow links delete --account acct_42 --apply",
            "  usageflow links delete --vendor openai --apply"
        })
final class LinksDeleteCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private SettingsOptions options = new SettingsOptions();

    @ArgGroup(exclusive = true, multiplicity = "1")
    private Which which = new Which();

    @Option(names = "--apply", description = "Delete it; without it only the plan is shown.")
    private boolean apply;

    static final class Which {
        @Option(names = "--account", paramLabel = "ID", description = "The account whose link is deleted.")
        private @Nullable String account;

        @Option(names = "--vendor", paramLabel = "NAME", description = "The vendor whose link is deleted.")
        private @Nullable String vendor;

        LinkKind kind() {
            return account != null ? LinkKind.CUSTOMER : LinkKind.VENDOR;
        }

        String name() {
            return String.valueOf(account != null ? account : vendor);
        }
    }

    LinksDeleteCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Settings settings = options.load(terminal.environment());
        LinkKind kind = which.kind();
        List<Refusal> refused = new ArrayList<>();
        Optional<Link> link = new LinkTable(settings).find(kind, which.name(), refusal -> {
            if (refusal.name().equals(which.name())) {
                refused.add(refusal);
            }
        });
        if (link.isPresent()) {
            terminal.say(kind.key() + " " + link.get().name() + " is linked to "
                    + link.get().reference().value() + " since " + link.get().since());
            terminal.say(consequence(settings, link.get()));
        } else if (refused.isEmpty()) {
            throw new WrongUsageException(kind.key() + " " + VisibleText.of(which.name())
                    + " has no link, so nothing was deleted: 'usageflow links list' shows those there are");
        } else {
            terminal.say(kind.key() + " " + VisibleText.of(which.name()) + " has a link that admission refuses: "
                    + refused.get(refused.size() - 1));
        }
        if (!apply) {
            terminal.say("Nothing was deleted: --apply deletes it.");
            return ExitCode.OK;
        }
        try (LinkWriter writer = LinkWriter.open(settings, kind)) {
            var receipt = writer.remove(kind, which.name()).join();
            terminal.say("deleted the link of " + VisibleText.of(receipt.key()) + " (" + receipt.topic()
                    + ", partition " + receipt.partition() + ")"
                    + link.map(LinksDeleteCommand::backAgain).orElse(""));
        }
        return ExitCode.OK;
    }

    private static String backAgain(Link link) {
        return "; back again: usageflow links put --" + link.kind().key() + " " + link.name() + " --"
                + link.reference().column(link.kind()).replace('_', '-') + " "
                + link.reference().value();
    }

    private String consequence(Settings settings, Link link) {
        boolean customer = link.kind() == LinkKind.CUSTOMER;
        Policy policy = customer
                ? settings.admission().unlinked().customers()
                : settings.admission().unlinked().vendors();
        String become = policy == Policy.PASSTHROUGH
                ? "go to Credyt under the external id " + link.name()
                : "park until there is a new link, at most "
                        + DurationText.write(settings.admission().parking().ageMax())
                        + ", then they become UNMAPPED_CUSTOMER dead letters";
        if (!customer) {
            return "From now on, events with costs of " + link.name() + " would " + become + ".";
        }
        RecentEvents recent = RecentEvents.of(settings, link.name(), Instant.now());
        return "From now on, all its events would " + become + ". In the last "
                + DurationText.write(recent.within()) + " it had " + (recent.complete() ? "" : "at least ")
                + CountText.of(recent.events(), "event") + ".";
    }
}
