package io.usageflow.cli.links;

import io.usageflow.cli.command.CredytCommand;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.Table;
import io.usageflow.cli.command.Terminal;
import io.usageflow.cli.command.WrongUsageException;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.identity.CreationFile;
import io.usageflow.forwarder.identity.CreationOutcome;
import io.usageflow.forwarder.identity.CreationPlan;
import io.usageflow.forwarder.identity.CredytConnection;
import io.usageflow.forwarder.identity.NewIdentity;
import io.usageflow.forwarder.links.LinkFile.BadRow;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.forwarder.links.LinkTable;
import io.usageflow.forwarder.publish.input.InputBytes;
import io.usageflow.schema.text.CountText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
                CredytConnection.open(settings.credyt(), rate, terminal.stop()::isRequested)) {
            Optional<CreationPlan> plan = CreationPlan.of(
                    wanted.rows(),
                    new LinkTable(settings),
                    connection.lookup(),
                    refused -> terminal.note("usageflow: a record that admission does not take: " + refused));
            if (plan.isEmpty()) {
                terminal.note("usageflow: stopped; nothing was changed");
                return ExitCode.PROBLEMS;
            }
            List<CreationOutcome> rows = apply
                    ? new LinksCreation(terminal).apply(plan.get(), settings, connection)
                    : LinksCreation.planned(plan.get());
            show(new Document(apply, rows, wanted.bad()), () -> show(rows));
            return wanted.bad().isEmpty()
                            && rows.stream().allMatch(row -> row.result().isGood())
                    ? ExitCode.OK
                    : ExitCode.PROBLEMS;
        }
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
                throw new WrongUsageException(CountText.of(read.bad().size(), "bad line")
                        + ", so nothing was changed: correct them, or continue without with --partial");
            }
            return read;
        } catch (IllegalArgumentException noTable) {
            throw new WrongUsageException(file + ": " + noTable.getMessage());
        }
    }

    private void show(List<CreationOutcome> rows) {
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

    /** What {@code --json} shows. */
    public record Document(boolean applied, List<CreationOutcome> rows, List<BadRow> badLines) {}
}
