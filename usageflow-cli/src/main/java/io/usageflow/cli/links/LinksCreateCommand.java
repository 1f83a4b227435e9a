package io.usageflow.cli.links;

import io.usageflow.cli.command.CredytCommand;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.Progress;
import io.usageflow.cli.command.Table;
import io.usageflow.cli.command.Terminal;
import io.usageflow.cli.command.WrongUsageException;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.deadletter.ResponseExcerpt;
import io.usageflow.forwarder.identity.CreationFile;
import io.usageflow.forwarder.identity.CreationPlan;
import io.usageflow.forwarder.identity.CreationPlan.Action;
import io.usageflow.forwarder.identity.CreationPlan.Step;
import io.usageflow.forwarder.identity.CredytConnection;
import io.usageflow.forwarder.identity.Identity;
import io.usageflow.forwarder.identity.IdentityCreation;
import io.usageflow.forwarder.identity.IdentityCreation.Made;
import io.usageflow.forwarder.identity.NewIdentity;
import io.usageflow.forwarder.links.LinkFile.BadRow;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.forwarder.links.LinkTable;
import io.usageflow.forwarder.links.LinkWriter;
import io.usageflow.forwarder.publish.input.InputBytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "create",
        description = {
            "Make customers or vendors at Credyt and link your accounts and vendors to them; --apply does it. Without"
                    + " --apply nothing changes.",
            "Credyt is asked for the external id first: what it has is linked and not made again, so the command can be"
                    + " repeated. After an unclear answer, such as a timeout, it asks again and repeats no request. A"
                    + " link to something else is never changed. Exit code 1 if a customer or vendor was refused or"
                    + " failed; 3 if Credyt does not answer."
        },
        footerHeading = "%nA file has columns; external_id is the account and name the external id by default:%n",
        footer = {
            "  account,external_id,name,email,products          vendor,external_id,name",
            "  acct_42,acme,Acme Inc,ops@acme.example,assistant openai,openai-billing,OpenAI",
            "",
            "Examples:",
            "  usageflow links create --account acct_42 --name 'Acme Inc' --product assistant",
            "  usageflow links create --account acct_42 --name 'Acme Inc' --product assistant --apply",
            "  usageflow links create --vendor openai --apply",
            "  usageflow links create customers.csv --apply"
        })
public final class LinksCreateCommand extends CredytCommand {

    @ArgGroup(exclusive = true, multiplicity = "1")
    private What what = new What();

    @Mixin
    private CredytAccountOption credytAccount = new CredytAccountOption();

    @Option(names = "--external-id", paramLabel = "ID", description = "Its external id at Credyt; by default the same.")
    private @Nullable String externalId;

    @Option(names = "--name", paramLabel = "NAME", description = "Its name for people; by default the external id.")
    private @Nullable String name;

    @Option(names = "--email", paramLabel = "ADDRESS", description = "The customer's email address.")
    private @Nullable String email;

    @Option(
            names = "--product",
            paramLabel = "CODE[:VERSION]",
            description = "A product that the customer subscribes to. May be given several times.")
    private List<String> products = List.of();

    @Option(names = "--partial", description = "Continue without the bad lines of the file.")
    private boolean partial;

    @Option(names = "--apply", description = "Make and link them; without it only the plan is shown.")
    private boolean apply;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Questions to Credyt a second at most; 10 by default. Fewer if Credyt asks for it.")
    private double rate = 10;

    static final class What {
        @Option(names = "--account", paramLabel = "ID", description = "Your own id of the customer.")
        private @Nullable String account;

        @Option(names = "--vendor", paramLabel = "NAME", description = "The vendor's name as your costs have it.")
        private @Nullable String vendor;

        @Parameters(
                index = "0",
                arity = "0..1",
                paramLabel = "FILE",
                description = "CSV in UTF-8 with a header, also compressed with gzip or zip; - is standard input.")
        private @Nullable String file;
    }

    LinksCreateCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!(rate > 0)) {
            throw new WrongUsageException("--rate is " + rate + ": use more than 0");
        }
        Settings settings = settings();
        CreationFile wanted = what.file == null ? single() : file(what.file);
        terminal.stop().onProcessEnd();
        try (CredytConnection connection =
                CredytConnection.open(settings.credyt(), rate, () -> stopped(Duration.ZERO))) {
            Optional<CreationPlan> plan = CreationPlan.of(
                    wanted.rows(),
                    new LinkTable(settings),
                    connection.lookup(),
                    refused -> terminal.note("usageflow: a record that admission does not take: " + refused));
            if (plan.isEmpty()) {
                terminal.note("usageflow: stopped; nothing was changed");
                return ExitCode.PROBLEMS;
            }
            List<Row> rows = apply ? apply(plan.get(), settings, connection) : planned(plan.get());
            show(new Document(apply, rows, wanted.bad()), () -> show(rows));
            return wanted.bad().isEmpty()
                            && rows.stream().allMatch(row -> row.result().isGood())
                    ? ExitCode.OK
                    : ExitCode.PROBLEMS;
        }
    }

    private boolean stopped(Duration within) {
        return terminal.stop().await(within);
    }

    private CreationFile single() {
        LinkKind kind = what.account != null ? LinkKind.CUSTOMER : LinkKind.VENDOR;
        String account = String.valueOf(what.account != null ? what.account : what.vendor);
        String id = externalId == null ? account : externalId;
        var one = new NewIdentity(
                kind,
                account,
                credytAccount.account(),
                id,
                name == null ? id : name,
                Optional.ofNullable(email),
                products);
        one.problem().ifPresent(problem -> {
            throw new WrongUsageException(problem);
        });
        return new CreationFile(List.of(one), List.of());
    }

    private CreationFile file(String file) throws IOException {
        if (externalId != null
                || name != null
                || email != null
                || !products.isEmpty()
                || credytAccount.account().isPresent()) {
            throw new WrongUsageException(
                    "with a file, give external_id, name, email, products and credyt_account as its columns");
        }
        Optional<Path> path = file.equals("-") ? Optional.empty() : Optional.of(Path.of(file));
        try (InputStream in = path.isEmpty() ? terminal.in() : Files.newInputStream(path.get())) {
            CreationFile read = CreationFile.read(InputBytes.of(in, path).text());
            read.bad().forEach(bad -> terminal.note("line " + bad.line() + ": " + bad.problem()));
            if (!read.bad().isEmpty() && !partial) {
                throw new WrongUsageException(
                        "%d lines are bad, so nothing was changed: correct them, or continue without with --partial"
                                .formatted(read.bad().size()));
            }
            return read;
        } catch (IllegalArgumentException noTable) {
            throw new WrongUsageException(file + ": " + noTable.getMessage());
        }
    }

    private static List<Row> planned(CreationPlan plan) {
        return plan.steps().stream()
                .map(step -> Row.of(
                        step,
                        switch (step.action()) {
                            case CREATE -> Result.WOULD_CREATE;
                            case LINK -> Result.WOULD_LINK;
                            case NONE -> Result.UNCHANGED;
                            case REFUSED -> Result.REFUSED;
                        },
                        step.known(),
                        Optional.empty(),
                        step.why()))
                .toList();
    }

    private List<Row> apply(CreationPlan plan, Settings settings, CredytConnection connection)
            throws InterruptedException {
        List<Row> rows = new ArrayList<>();
        if (plan.count(Action.CREATE) + plan.count(Action.LINK) == 0) {
            return planned(plan);
        }
        var creation = new IdentityCreation(
                connection.http()::post,
                connection.lookup(),
                new ResponseExcerpt(connection.keys()::secrets),
                Clock.systemUTC(),
                this::stopped);
        var progress =
                new Progress(terminal, "of %,d done".formatted(plan.steps().size()));
        try (LinkWriter writer =
                LinkWriter.open(settings, plan.steps().get(0).identity().kind())) {
            for (Step step : plan.steps()) {
                Optional<Row> row = applied(step, creation, writer);
                if (row.isEmpty()) {
                    terminal.note("usageflow: stopped; run the command again for the rest");
                    plan.steps()
                            .subList(rows.size(), plan.steps().size())
                            .forEach(left -> rows.add(Row.of(
                                    left,
                                    Result.FAILED,
                                    left.known(),
                                    Optional.empty(),
                                    Optional.of("stopped before it"))));
                    return rows;
                }
                rows.add(row.get());
                progress.at(rows.size());
            }
        }
        return rows;
    }

    /** Empty if stopped before anything was changed. */
    private Optional<Row> applied(Step step, IdentityCreation creation, LinkWriter writer) throws InterruptedException {
        if (step.action() == Action.REFUSED || step.action() == Action.NONE) {
            Result result = step.action() == Action.NONE ? Result.UNCHANGED : Result.REFUSED;
            return Optional.of(Row.of(step, result, step.known(), Optional.empty(), step.why()));
        }
        Optional<Made> made = creation.make(step.identity());
        if (made.isEmpty()) {
            return Optional.empty();
        }
        Optional<Identity> identity = made.get().identity();
        if (identity.isEmpty()) {
            return Optional.of(Row.of(
                    step, Result.FAILED, identity, Optional.empty(), made.get().why()));
        }
        Result result = made.get().created() ? Result.CREATED : Result.LINKED;
        Optional<String> pays = made.get().paymentUrl();
        if (step.linked()) {
            return Optional.of(Row.of(step, result, identity, pays, Optional.empty()));
        }
        try {
            writer.put(step.identity().linkTo(identity.get(), Instant.now())).join();
            return Optional.of(Row.of(step, result, identity, pays, Optional.empty()));
        } catch (CompletionException notDurable) {
            return Optional.of(Row.of(
                    step,
                    Result.FAILED,
                    identity,
                    pays,
                    Optional.of("Credyt has it, but the link was not written: " + notDurable.getCause()
                            + "; run the command again")));
        }
    }

    private void show(List<Row> rows) {
        var table = new Table("RESULT", "NAME", "EXTERNAL ID", "CREDYT'S ID", "NOTE");
        rows.forEach(row -> table.row(
                row.result().text(),
                row.name(),
                row.externalId(),
                row.id().orElse(""),
                row.why()
                        .or(() -> row.paymentUrl().map(url -> "the customer pays first: " + url))
                        .orElse("")));
        if (!table.isEmpty()) {
            table.print(terminal);
        }
        if (!apply) {
            terminal.say("Nothing was changed: --apply makes and links them.");
        }
    }

    /** What became of one row. */
    public enum Result {
        WOULD_CREATE,
        WOULD_LINK,
        UNCHANGED,
        CREATED,
        LINKED,
        REFUSED,
        FAILED;

        boolean isGood() {
            return this != REFUSED && this != FAILED;
        }

        String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /**
     * One account or vendor.
     *
     * @param name the account, or the vendor's name
     * @param id Credyt's
     * @param paymentUrl where the customer pays before its subscription is active
     * @param why it was refused or failed
     */
    public record Row(
            String name,
            String externalId,
            Result result,
            Optional<String> id,
            Optional<String> paymentUrl,
            Optional<String> why) {
        static Row of(
                Step step,
                Result result,
                Optional<Identity> identity,
                Optional<String> paymentUrl,
                Optional<String> why) {
            return new Row(
                    step.identity().linkName(),
                    step.identity().externalId(),
                    result,
                    identity.map(Identity::id),
                    paymentUrl,
                    why);
        }
    }

    /** What {@code --json} shows. */
    public record Document(boolean applied, List<Row> rows, List<BadRow> badLines) {}
}
