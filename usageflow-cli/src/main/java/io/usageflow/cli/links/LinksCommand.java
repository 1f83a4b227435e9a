package io.usageflow.cli.links;

import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.SettingsOptions;
import io.usageflow.cli.command.Terminal;
import io.usageflow.cli.command.WrongUsageException;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.links.Link;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.forwarder.links.LinkPlan;
import io.usageflow.forwarder.links.LinkWriter;
import io.usageflow.producer.InvalidUsageEventException;
import io.usageflow.producer.LinkReceipt;
import io.usageflow.schema.ReferenceKind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code usageflow links}. */
@Command(
        name = "links",
        description =
                "Link your accounts and vendors to Credyt's customers and vendors. Events of an account without a link"
                        + " wait for it ('usageflow parked list'). If your own ids are the external ids at Credyt, no"
                        + " links are needed: set admission.customers.unlinked=passthrough.",
        synopsisSubcommandLabel = "put|import|create|sync|check|list|delete",
        footerHeading = "%nExamples:%n",
        footer = {
            "  usageflow links put --account acct_42 --customer-external-id acme",
            "  usageflow links import customers.csv --apply",
            "  usageflow links create --account acct_42 --name 'Acme Inc' --product assistant --apply",
            "  usageflow links check"
        })
public final class LinksCommand {
    public static CommandLine with(Terminal terminal) {
        return new CommandLine(new LinksCommand())
                .addSubcommand(new Put(terminal))
                .addSubcommand(new LinksImportCommand(terminal))
                .addSubcommand(new LinksCreateCommand(terminal))
                .addSubcommand(new LinksSyncCommand(terminal))
                .addSubcommand(new LinksCheckCommand(terminal))
                .addSubcommand(new LinksListCommand(terminal))
                .addSubcommand(new LinksDeleteCommand(terminal));
    }

    /** Writes the new and the changed links, and says which were not. */
    static LinkWriter.Written write(boolean apply, LinkPlan plan, String what, Settings settings, Terminal terminal)
            throws InterruptedException {
        if (!apply || (plan.added().isEmpty() && plan.changed().isEmpty())) {
            return new LinkWriter.Written(0, 0);
        }
        try (LinkWriter writer = LinkWriter.open(settings, plan.kind())) {
            return writer.write(plan, (number, why) -> terminal.note(what + " " + number + " was not written: " + why));
        }
    }

    @Command(
            name = "put",
            description = {
                "Write one link; replaces an earlier one. Events that wait for it are released.",
                "Credyt is asked first, and a customer or vendor that it does not have is refused (exit code 2). If"
                        + " Credyt does not answer, standard error says so, and the link is written."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  usageflow links put --account acct_42 --customer-external-id acme",
                "  usageflow links put --account acct_42 --customer-id cust_4zhwdkxhjhp5v6",
                "  usageflow links put --vendor openai --vendor-id vnd_4zhwdkxhjhp5v6",
                "  usageflow links put --account acct_42 --customer-external-id acme --credyt-account acc_1"
            })
    static final class Put implements Callable<Integer> {
        private final Terminal terminal;

        @Mixin
        private SettingsOptions options = new SettingsOptions();

        @Mixin
        private Verification verification = new Verification();

        @Mixin
        private CredytAccountOption account = new CredytAccountOption();

        @ArgGroup(exclusive = true, multiplicity = "1")
        private Which link = new Which();

        Put(Terminal terminal) {
            this.terminal = terminal;
        }

        static final class Which {
            @ArgGroup(exclusive = false)
            private @Nullable CustomerLink customer;

            @ArgGroup(exclusive = false)
            private @Nullable VendorLink vendor;

            Link of(Optional<String> account, Instant now) {
                if (customer != null) {
                    return new Link(
                            LinkKind.CUSTOMER,
                            customer.account,
                            customer.id.reference().in(account),
                            now);
                }
                VendorLink named = vendor == null ? new VendorLink() : vendor;
                return new Link(
                        LinkKind.VENDOR,
                        LinkKind.VENDOR.nameIn(account, named.vendor),
                        named.id.reference().in(account),
                        now);
            }
        }

        static final class CustomerLink {
            @Option(names = "--account", required = true, description = "Your own id of the customer.")
            private String account = "";

            @ArgGroup(exclusive = true, multiplicity = "1")
            private CustomerId id = new CustomerId();
        }

        static final class CustomerId {
            @Option(names = "--customer-id", paramLabel = "ID", description = "Credyt's id, cust_...")
            private @Nullable String credytId;

            @Option(
                    names = "--customer-external-id",
                    paramLabel = "ID",
                    description = "The id that you registered at Credyt.")
            private @Nullable String externalId;

            Reference reference() {
                return Put.reference(credytId, externalId);
            }
        }

        static final class VendorLink {
            @Option(names = "--vendor", required = true, description = "The vendor's name as your costs have it.")
            private String vendor = "";

            @ArgGroup(exclusive = true, multiplicity = "1")
            private VendorId id = new VendorId();
        }

        static final class VendorId {
            @Option(names = "--vendor-id", paramLabel = "ID", description = "Credyt's id, vnd_...")
            private @Nullable String credytId;

            @Option(
                    names = "--vendor-external-id",
                    paramLabel = "ID",
                    description = "The id that you registered at Credyt.")
            private @Nullable String externalId;

            Reference reference() {
                return Put.reference(credytId, externalId);
            }
        }

        private static Reference reference(@Nullable String credytId, @Nullable String externalId) {
            return credytId != null
                    ? new Reference(ReferenceKind.CREDYT_ID, credytId)
                    : new Reference(ReferenceKind.EXTERNAL_ID, String.valueOf(externalId));
        }

        @Override
        public Integer call() throws InterruptedException {
            Settings settings = Settings.load(options.over(verification.credytDefaults(), terminal.environment()));
            Link written = link.of(account.account(), Instant.now());
            Optional<String> refusal = verification.refusals(settings, terminal, List.of(written)).values().stream()
                    .findFirst();
            if (refusal.isPresent()) {
                throw new WrongUsageException(refusal.get() + ", so no link was written: correct the id, create the "
                        + written.kind().target() + " ('usageflow links create --help'), or link it before it exists"
                        + " with --no-verify");
            }
            try (LinkWriter writer = LinkWriter.open(settings, written.kind())) {
                LinkReceipt receipt = writer.put(written).join();
                terminal.say("linked " + receipt.key() + " (" + receipt.topic() + ", partition " + receipt.partition()
                        + ")");
                return ExitCode.OK;
            } catch (InvalidUsageEventException invalid) {
                throw new WrongUsageException(invalid);
            }
        }
    }
}
