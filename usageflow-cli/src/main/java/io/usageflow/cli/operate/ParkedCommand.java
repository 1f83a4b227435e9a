package io.usageflow.cli.operate;

import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.OperatorCommand;
import io.usageflow.cli.command.Table;
import io.usageflow.cli.command.Terminal;
import io.usageflow.cli.command.WrongUsageException;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.forwarder.parked.InstanceAnswer.Unreachable;
import io.usageflow.forwarder.parked.ParkedClient;
import io.usageflow.forwarder.parked.ParkedDocument.Account;
import io.usageflow.forwarder.parked.ParkedDocument.Reason;
import io.usageflow.forwarder.parked.ParkedDocument.WaitsFor;
import io.usageflow.forwarder.parked.ParkedOverview;
import io.usageflow.schema.text.AgeText;
import io.usageflow.schema.text.CountText;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code usageflow parked}. */
@Command(
        name = "parked",
        description = "Show the accounts whose events wait for a link, or to be billable. Events without a link arrived"
                + " before the account was linked to a customer at Credyt; Credyt would not bill the others"
                + " (admission.unbillable=hold).",
        synopsisSubcommandLabel = "list",
        footerHeading = "%nExample:%n",
        footer = "  usageflow parked list")
public final class ParkedCommand {
    public static CommandLine with(Terminal terminal) {
        return new CommandLine(new ParkedCommand()).addSubcommand(new ParkedList(terminal));
    }

    @Command(
            name = "list",
            description = {
                "List the accounts whose events wait for a link, the longest waiting first, with the"
                        + " link that is missing"
                        + " and the command that writes it, or why Credyt would not bill the oldest event. Reads the"
                        + " admin ports of the running forwarders, not Kafka; changes nothing.",
                "Each instance answers for the partitions it has, so name them all. Events that wait longer than"
                        + " admission.parked.max.age become UNMAPPED_CUSTOMER or NOT_BILLABLE dead letters.",
                "Exit code 1 if a partition is missing from the answers, 3 if no instance answered."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  usageflow parked list",
                "  usageflow parked list --admin http://forwarder-0:8080 --admin http://forwarder-1:8080",
                "  usageflow parked list --account acct_42 --json"
            })
    public static final class ParkedList extends OperatorCommand {
        private static final Duration ANSWER_WITHIN = Duration.ofSeconds(15);

        @Mixin
        private final AdminAddresses admins = new AdminAddresses();

        @Option(names = "--account", paramLabel = "ID", description = "Show this account only; totals are of all.")
        private @Nullable String account;

        @Option(
                names = "--limit",
                paramLabel = "N",
                description =
                        "Accounts to show at most, 1 to " + ParkedClient.LIMIT_MAX + "; ${DEFAULT-VALUE} by default.")
        private int limit = 100;

        ParkedList(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            if (limit < 1 || limit > ParkedClient.LIMIT_MAX) {
                throw new WrongUsageException(
                        "--limit is " + limit + ": use a number from 1 to " + ParkedClient.LIMIT_MAX);
            }
            Settings settings = settings();
            List<URI> asked = admins.of(settings.admin());
            Instant now = Instant.now();
            ParkedOverview overview = ParkedOverview.of(
                    new ParkedClient(settings.admin().accessToken(), ANSWER_WITHIN)
                            .ask(asked, Optional.ofNullable(account), limit),
                    limit);
            overview.unreachable()
                    .forEach(unreachable ->
                            terminal.note("usageflow: " + unreachable.admin() + " " + unreachable.why()));
            if (overview.answered().isEmpty()) {
                return ExitCode.UNREACHABLE;
            }
            show(Document.of(overview, now), () -> show(overview, now));
            gaps(overview);
            return overview.complete() ? ExitCode.OK : ExitCode.PROBLEMS;
        }

        private void show(ParkedOverview overview, Instant now) {
            if (overview.events() == 0) {
                terminal.say("Nothing waits" + (overview.complete() ? "." : " in the partitions that answered."));
                return;
            }
            terminal.say("Waiting: %s of %s, the oldest for %s."
                    .formatted(
                            CountText.of(overview.events(), "event"),
                            CountText.of(overview.waitingAccounts(), "account"),
                            overview.oldestSince()
                                    .map(since -> AgeText.of(since, now))
                                    .orElse("an unknown time")));
            if (overview.accounts().isEmpty()) {
                terminal.say("None of them is of account " + account + ".");
                return;
            }
            var table = new Table("ACCOUNT", "EVENTS", "WAITS FOR", "LINK OF", "PARTITION", "TO RELEASE THEM");
            for (Account each : overview.accounts()) {
                table.row(
                        each.account(),
                        each.events(),
                        AgeText.of(each.oldestSince(), now),
                        linkOf(each.waitsFor()),
                        each.partition(),
                        each.waitsFor().remedy());
            }
            table.print(terminal);
            if (account == null
                    && overview.waitingAccounts() > overview.accounts().size()) {
                terminal.say("Not shown: %s; --limit shows more of them."
                        .formatted(CountText.of(
                                overview.waitingAccounts() - overview.accounts().size(), "account")));
            }
            terminal.say("Many at once: usageflow links import FILE");
        }

        private static String linkOf(WaitsFor missing) {
            return switch (missing.why()) {
                case NO_LINK -> missing.link() == LinkKind.CUSTOMER ? "the account" : "vendor " + missing.name();
                case LINK_UNREADABLE -> "vendor " + missing.name() + ", schema lost";
                case EVENT_UNREADABLE -> "none: the event's schema is lost";
                case NOT_BILLABLE -> "none: Credyt would not bill it";
                case CATALOGUE_NOT_READ -> "none: Credyt was not asked yet";
            };
        }

        private void gaps(ParkedOverview overview) {
            if (!overview.unanswered().isEmpty()) {
                terminal.note("usageflow: no instance answered for the partitions " + overview.unanswered()
                        + ": name the other instances with --admin, or wait while an instance reads its state");
            }
            overview.answered().forEach(answered -> answered.page()
                    .scope()
                    .unreadable()
                    .forEach(each -> terminal.note("usageflow: " + answered.admin() + " cannot read partition "
                            + each.partition() + " now: " + each.why())));
            if (!overview.doubled().isEmpty()) {
                terminal.note("usageflow: two instances answered for the partitions " + overview.doubled()
                        + ", which are being reassigned, and are counted twice: try again later");
            }
        }

        /** What {@code --json} shows. */
        public record Document(
                Instant asOf,
                boolean complete,
                long events,
                long accountsWaiting,
                Optional<Instant> oldestSince,
                Optional<Long> oldestAgeSeconds,
                Set<Integer> partitionsUnanswered,
                List<Unreachable> instancesSilent,
                List<Waiting> accounts) {
            public static Document of(ParkedOverview overview, Instant now) {
                return new Document(
                        now,
                        overview.complete(),
                        overview.events(),
                        overview.waitingAccounts(),
                        overview.oldestSince(),
                        overview.oldestSince().map(since -> age(since, now)),
                        overview.unanswered(),
                        overview.unreachable(),
                        overview.accounts().stream()
                                .map(each -> new Waiting(
                                        each.account(),
                                        each.partition(),
                                        each.events(),
                                        each.oldestSince(),
                                        age(each.oldestSince(), now),
                                        each.waitsFor().link().key(),
                                        each.waitsFor().name(),
                                        each.waitsFor().why(),
                                        each.waitsFor().remedy()))
                                .toList());
            }

            private static long age(Instant since, Instant now) {
                return Duration.between(since, now).toSeconds();
            }
        }

        public record Waiting(
                String account,
                int partition,
                long events,
                Instant oldestSince,
                long oldestAgeSeconds,
                String missingLink,
                String missingName,
                Reason reason,
                String next) {}
    }
}
