package io.usageflow.cli.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.forwarder.reconcile.RemedyIds;
import io.usageflow.schema.id.CredytIds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The worked example of docs/finance.md, word for word: its commands, and what the page says that they print. */
class FinancePageIT {
    private static final Path PAGE = Path.of("..", "docs", "finance.md");
    private static final String EXAMPLE = "### A worked example";

    @TempDir
    Path folder;

    @AutoClose
    private PageShell shell;

    /** A command of the page with its output. */
    private record PageCommand(String command, List<String> output) {}

    @BeforeEach
    void startAsADeveloperDoes() {
        shell = new PageShell(folder, "usageflow dev --forwarder", Map.of());
        shell.fileNames("november.csv");
    }

    @Test
    void shouldCorrectWhatThePageSaysAsThePageSays() throws Exception {
        List<PageCommand> page = example();
        assertThat(page).hasSize(5);
        makeTheFaults();

        check(page.get(0), 1);
        check(page.get(1), 1);
        assertThat(balance("acct_2")).isEqualTo("-0.08");
        check(page.get(2), 0);
        String again = RemedyIds.sentAgain(CredytIds.ofEvent("acct_1", "req-1").toString())
                .toString();
        await("billed").atMost(PageShell.SOON).untilAsserted(() -> assertThat(shell.send("GET", "/events/" + again, ""))
                .contains("\"amount\":0.009"));
        awaitDelivered(again);
        check(page.get(3), 0);
        check(page.get(4), 0);

        // Billed once, and corrected once, however often the same is done.
        assertThat(balance("acct_1")).isEqualTo("-0.009");
        assertThat(balance("acct_2")).isEqualTo("-0.04");
        assertThat(done("usageflow trace req-2 --account acct_2"))
                .contains("adjusted")
                .contains("invoice 2026-11");
        assertThat(done("usageflow trace req-1 --account acct_1")).contains(again);
        assertThat(done("usageflow ledger")).contains("the books balance");
    }

    /** One event with a wrong type, and one whose fee Credyt has doubled. */
    private void makeTheFaults() throws Exception {
        for (String account : List.of("acct_1", "acct_2")) {
            done("usageflow links put --account " + account + " --customer-external-id " + account);
        }
        done("usageflow publish --account acct_1 --event-type mesage_completed --id req-1 --data total_tokens=1500");
        done("usageflow publish --account acct_2 --event-type image_generated --id req-2");
        awaitDelivered("req-1 --account acct_1");
        awaitDelivered("req-2 --account acct_2");
        shell.send(
                "PATCH",
                "/__sandbox/events/" + CredytIds.ofEvent("acct_2", "req-2"),
                "{\"fee\":{\"amount\":0.08,\"asset\":\"USD\"}}");
    }

    private void awaitDelivered(String event) {
        await(event)
                .atMost(PageShell.SOON)
                .until(() -> shell.run("usageflow trace " + event).out().contains("delivered once"));
    }

    /** Runs a command of the page; its output must be the page's, but for names of runs and for times. */
    private void check(PageCommand command, int exitCode) throws Exception {
        PageShell.Ran ran = shell.run(command.command());
        assertThat(ran.exitCode())
                .describedAs(command.command() + "\n" + ran.output())
                .isEqualTo(exitCode);
        assertThat(ran.out().lines().map(FinancePageIT::stable).toList())
                .describedAs(command.command())
                .containsExactlyElementsOf(
                        command.output().stream().map(FinancePageIT::stable).toList());
    }

    private static String stable(String line) {
        return line.replaceAll("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z", "TIME")
                .replaceAll("remedy-[0-9a-f]{8}\\b", "remedy-RUN");
    }

    /** The page's commands after the heading, up to the next one. */
    private static List<PageCommand> example() throws Exception {
        List<PageCommand> commands = new ArrayList<>();
        boolean here = false;
        boolean inside = false;
        for (String line : Files.readAllLines(PAGE)) {
            if (line.startsWith("#") && !inside) {
                here = line.equals(EXAMPLE);
            } else if (here && line.startsWith("```")) {
                inside = !inside;
            } else if (here && inside && line.startsWith("$ ")) {
                commands.add(new PageCommand(line.substring(2), new ArrayList<>()));
            } else if (here && inside) {
                commands.get(commands.size() - 1).output().add(line);
            }
        }
        return commands;
    }

    private String done(String command) throws Exception {
        PageShell.Ran ran = shell.run(command);
        assertThat(ran.exitCode()).describedAs(command + "\n" + ran.output()).isZero();
        return ran.out();
    }

    private String balance(String externalId) throws Exception {
        String customer = shell.send("GET", "/customers?external_id=" + externalId, "");
        Matcher id = Pattern.compile("\"id\":\"(cust_[^\"]+)\"").matcher(customer);
        assertThat(id.find()).as(customer).isTrue();
        String wallet = shell.send("GET", "/customers/" + id.group(1) + "/wallet/default:USD", "");
        Matcher available = Pattern.compile("\"available\":([-0-9.]+)").matcher(wallet);
        assertThat(available.find()).as(wallet).isTrue();
        return available.group(1);
    }
}
