package io.usageflow.cli.operate;

import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.OperatorCommand;
import io.usageflow.cli.command.SettingsOptions;
import io.usageflow.cli.command.Table;
import io.usageflow.cli.command.Terminal;
import io.usageflow.cli.command.WrongUsageException;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.funds.FundsClient;
import io.usageflow.forwarder.funds.FundsClient.UnreachableException;
import io.usageflow.forwarder.funds.FundsDocument;
import io.usageflow.schema.text.AgeText;
import io.usageflow.schema.text.CountText;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code usageflow funds}. */
@Command(
        name = "funds",
        description =
                "Show the customers that Credyt refuses for lack of funds, and try them again. Their events wait.",
        synopsisSubcommandLabel = "list|retry",
        footerHeading = "%nExample:%n",
        footer = "  usageflow funds list")
public final class FundsCommand {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(15);

    public static CommandLine with(Terminal terminal) {
        return new CommandLine(new FundsCommand())
                .addSubcommand(new FundsList(terminal))
                .addSubcommand(new FundsRetry(terminal));
    }

    private static FundsClient client(Settings settings) {
        return new FundsClient(settings.admin().accessToken(), ANSWER_WITHIN);
    }

    @Command(
            name = "list",
            description = {
                "List the customers that lack funds, the longest waiting first. Reads the admin ports of the running"
                        + " forwarders, not Kafka; changes nothing.",
                "Each instance answers for the partitions it has, so name them all. Delivery tries one event of each"
                        + " customer at most delivery.retry.max apart, and the others when it is accepted.",
                "Exit code 1 if an instance did not answer, 3 if none did."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  usageflow funds list",
                "  usageflow funds list --admin http://forwarder-0:8080 --admin http://forwarder-1:8080 --json"
            })
    public static final class FundsList extends OperatorCommand {
        @Mixin
        private final AdminAddresses admins = new AdminAddresses();

        FundsList(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() throws InterruptedException {
            Settings settings = settings();
            List<URI> asked = admins.of(settings.admin());
            var answers = new ArrayList<FundsDocument>();
            for (URI admin : asked) {
                try {
                    answers.add(client(settings).list(admin));
                } catch (UnreachableException silent) {
                    terminal.note("usageflow: " + silent.getMessage());
                }
            }
            if (answers.isEmpty()) {
                return ExitCode.UNREACHABLE;
            }
            show(new Document(answers), () -> show(answers));
            return answers.size() == asked.size() ? ExitCode.OK : ExitCode.PROBLEMS;
        }

        /** What {@code --json} shows: the answer of each instance. */
        public record Document(List<FundsDocument> instances) {}

        private void show(List<FundsDocument> answers) {
            long customers =
                    answers.stream().mapToLong(FundsDocument::customers).sum();
            if (customers == 0) {
                terminal.say("No customer lacks funds.");
                return;
            }
            terminal.say("Waiting for funds: %s of %s."
                    .formatted(
                            CountText.of(
                                    answers.stream()
                                            .mapToLong(FundsDocument::events)
                                            .sum(),
                                    "event"),
                            CountText.of(customers, "customer")));
            var table = new Table("CUSTOMER", "CREDYT ACCOUNT", "EVENTS", "WAITS FOR", "LAST ANSWER");
            answers.forEach(answer -> answer.listed()
                    .forEach(each -> table.row(
                            each.customer(),
                            each.credytAccount().orElse("-"),
                            each.events(),
                            AgeText.of(each.since(), answer.asOf()),
                            each.answer())));
            table.print(terminal);
            if (answers.stream().anyMatch(FundsDocument::allRefused)) {
                terminal.say("Every customer that was tried is refused, and nothing is accepted:"
                        + " check the account at Credyt.");
            }
            terminal.say("Top up the wallets; to try at once: usageflow funds retry --customer ID");
        }
    }

    @Command(
            name = "retry",
            description = {
                "Try customers that lack funds now, instead of after their back-off: one event of each, and the others"
                        + " when it is accepted. Asks the admin ports of the running forwarders.",
                "Exit code 1 if no such customer lacks funds or an instance did not answer, 3 if none did."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  usageflow funds retry --customer acct_42",
                "  usageflow funds retry --customer acct_42 --credyt-account acc_1",
                "  usageflow funds retry --all"
            })
    public static final class FundsRetry implements Callable<Integer> {
        private final Terminal terminal;

        @Mixin
        private final SettingsOptions options = new SettingsOptions();

        @Mixin
        private final AdminAddresses admins = new AdminAddresses();

        @Option(names = "--customer", paramLabel = "ID", description = "The customer, as 'funds list' shows it.")
        private @Nullable String customer;

        @Option(
                names = "--credyt-account",
                paramLabel = "ID",
                description =
                        "For platforms: only in this connected account at Credyt, as 'funds list' shows it. Without"
                                + " it, the customers with this id in every account.")
        private @Nullable String credytAccount;

        @Option(names = "--all", description = "All customers that lack funds.")
        private boolean all;

        FundsRetry(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() throws InterruptedException {
            if ((customer == null) != all) {
                throw new WrongUsageException("name one with --customer ID, or all with --all");
            }
            if (credytAccount != null && all) {
                throw new WrongUsageException("--credyt-account says where the customer of --customer is");
            }
            Settings settings = options.load(terminal.environment());
            int answered = 0;
            long tried = 0;
            List<URI> asked = admins.of(settings.admin());
            for (URI admin : asked) {
                try {
                    tried += client(settings)
                            .retry(admin, Optional.ofNullable(customer), Optional.ofNullable(credytAccount))
                            .customers();
                    answered++;
                } catch (UnreachableException silent) {
                    terminal.note("usageflow: " + silent.getMessage());
                }
            }
            if (answered == 0) {
                return ExitCode.UNREACHABLE;
            }
            terminal.say(
                    tried == 0
                            ? "No such customer lacks funds."
                            : "Credyt is asked now about %s: usageflow funds list"
                                    .formatted(CountText.of(tried, "customer")));
            return tried > 0 && answered == asked.size() ? ExitCode.OK : ExitCode.PROBLEMS;
        }
    }
}
