package io.usageflow.cli.links;

import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.SettingsOptions;
import io.usageflow.cli.command.Terminal;
import io.usageflow.cli.command.WrongUsageException;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.publish.PublisherConnection;
import io.usageflow.producer.CustomerRef;
import io.usageflow.producer.InvalidUsageEventException;
import io.usageflow.producer.LinkReceipt;
import io.usageflow.producer.UsagePublisher;
import io.usageflow.producer.VendorRef;
import io.usageflow.schema.topic.Topics;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code usageflow links put|import|list|delete}. */
@Command(
        name = "links",
        description =
                "Link your accounts and vendors to Credyt's customers and vendors. Events of an account without a link"
                        + " wait for it ('usageflow parked list').",
        synopsisSubcommandLabel = "put|import|list|delete",
        footerHeading = "%nExamples:%n",
        footer = {
            "  usageflow links put --account acct_42 --customer-external-id acme",
            "  usageflow links import customers.csv --apply",
            "  usageflow links list --account acct_42"
        })
public final class LinksCommand {
    public static CommandLine with(Terminal terminal) {
        return new CommandLine(new LinksCommand())
                .addSubcommand(new Put(terminal))
                .addSubcommand(new LinksImportCommand(terminal))
                .addSubcommand(new LinksListCommand(terminal))
                .addSubcommand(new LinksDeleteCommand(terminal));
    }

    @Command(
            name = "put",
            description = "Write one link; replaces an earlier one. Events that wait for it are released.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  usageflow links put --account acct_42 --customer-external-id acme",
                "  usageflow links put --account acct_42 --customer-id cust_4zhwdkxhjhp5v6",
                "  usageflow links put --vendor openai --vendor-id vnd_4zhwdkxhjhp5v6"
            })
    static final class Put implements Callable<Integer> {
        private final Terminal terminal;

        @Mixin
        private SettingsOptions options = new SettingsOptions();

        @ArgGroup(exclusive = true, multiplicity = "1")
        private Link link = new Link();

        Put(Terminal terminal) {
            this.terminal = terminal;
        }

        static final class Link {
            @ArgGroup(exclusive = false)
            private @Nullable CustomerLink customer;

            @ArgGroup(exclusive = false)
            private @Nullable VendorLink vendor;
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

            CustomerRef reference() {
                return credytId != null
                        ? CustomerRef.credytId(credytId)
                        : CustomerRef.externalId(String.valueOf(externalId));
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

            VendorRef reference() {
                return credytId != null
                        ? VendorRef.credytId(credytId)
                        : VendorRef.externalId(String.valueOf(externalId));
            }
        }

        @Override
        public Integer call() {
            Settings settings = options.load(terminal.environment());
            Topics topics = settings.topics().names();
            CustomerLink customer = link.customer;
            VendorLink vendor = link.vendor;
            String topic = customer != null ? topics.customerLinks() : topics.vendorLinks();
            try (UsagePublisher publisher = PublisherConnection.open(settings, topic)) {
                CompletableFuture<LinkReceipt> durable = customer != null
                        ? publisher.linkCustomer(customer.account, customer.id.reference())
                        : publisher.linkVendor(vendor == null ? "" : vendor.vendor, vendorReference(vendor));
                LinkReceipt receipt = durable.join();
                terminal.say("linked " + receipt.key() + " (" + receipt.topic() + ", partition " + receipt.partition()
                        + ")");
                return ExitCode.OK;
            } catch (InvalidUsageEventException invalid) {
                throw new WrongUsageException(invalid);
            }
        }

        private static VendorRef vendorReference(@Nullable VendorLink vendor) {
            return (vendor == null ? new VendorId() : vendor.id).reference();
        }
    }
}
