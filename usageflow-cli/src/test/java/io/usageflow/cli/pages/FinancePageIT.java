package io.usageflow.cli.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.cli.CommandRun;
import io.usageflow.forwarder.reconcile.RemedyIds;
import io.usageflow.schema.id.CredytIds;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The worked example of docs/finance.md, word for word: its commands, and what the page says that they print. */
class FinancePageIT {
    private static final Path PAGE = Path.of("..", "docs", "finance.md");
    private static final String EXAMPLE = "### A worked example";
    private static final Duration SOON = Duration.ofMinutes(3);

    @TempDir
    Path folder;

    private final CommandRun dev = new CommandRun();
    private CompletableFuture<Integer> devEnded = new CompletableFuture<>();
    private final Map<String, String> environment = new HashMap<>();
    private String credyt = "";

    /** A command of the page with its output. */
    private record PageCommand(String command, List<String> output) {}

    @BeforeEach
    void startAsADeveloperDoes() {
        // On a thread of its own: the common pool, which the commands' requests need, may have a single one.
        devEnded = CompletableFuture.supplyAsync(
                () -> dev.run(
                        "dev",
                        "--forwarder",
                        "--broker-port",
                        "0",
                        "--registry-port",
                        "0",
                        "--sandbox-port",
                        "0",
                        "--admin-port",
                        "0"),
                work -> new Thread(work, "dev").start());
        await().atMost(SOON).until(() -> devEnded.isDone() || dev.out().contains("Ctrl-C"));
        credyt = found("Credyt stand-in +(\\S+)");
        environment.put("USAGEFLOW_KAFKA_BOOTSTRAP_SERVERS", found("Kafka broker +(\\S+)"));
        environment.put("USAGEFLOW_SCHEMA_REGISTRY_URL", found("schema registry +(\\S+)"));
        environment.put("USAGEFLOW_CREDYT_URL", credyt);
        environment.put("USAGEFLOW_CREDYT_API_KEY", "dev");
    }

    @AfterEach
    void stop() {
        dev.stop();
        await().atMost(SOON).until(devEnded::isDone);
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
        await("billed").atMost(SOON).until(() -> event(again).contains("\"amount\":0.009"));
        await("the receipt").atMost(SOON).until(() -> run("trace", again).contains("delivered once"));
        check(page.get(3), 0);
        check(page.get(4), 0);

        // Billed once, and corrected once, however often the same is done.
        assertThat(balance("acct_1")).isEqualTo("-0.009");
        assertThat(balance("acct_2")).isEqualTo("-0.04");
        assertThat(run("trace", "req-2", "--account", "acct_2"))
                .contains("adjusted")
                .contains("invoice 2026-11");
        assertThat(run("trace", "req-1", "--account", "acct_1")).contains(again);
        assertThat(run("ledger")).contains("the books balance");
    }

    /** One event with a wrong type, and one whose fee Credyt has doubled. */
    private void makeTheFaults() throws Exception {
        for (String account : List.of("acct_1", "acct_2")) {
            done("links", "put", "--account", account, "--customer-external-id", account);
        }
        done(
                "publish",
                "--account",
                "acct_1",
                "--event-type",
                "mesage_completed",
                "--id",
                "req-1",
                "--data",
                "total_tokens=1500");
        done("publish", "--account", "acct_2", "--event-type", "image_generated", "--id", "req-2");
        for (String[] one : List.of(new String[] {"acct_1", "req-1"}, new String[] {"acct_2", "req-2"})) {
            await(one[1]).atMost(SOON).until(() -> run("trace", one[1], "--account", one[0])
                    .contains("delivered once"));
        }
        send(
                "PATCH",
                "/__sandbox/events/" + CredytIds.ofEvent("acct_2", "req-2"),
                "{\"fee\":{\"amount\":0.08,\"asset\":\"USD\"}}");
    }

    /** Runs a command of the page; its output must be the page's, but for names of runs and for times. */
    private void check(PageCommand command, int exitCode) {
        List<String> words = new ArrayList<>(RunbookPage.words(command.command()));
        assertThat(words.remove(0)).isEqualTo("usageflow");
        words.replaceAll(word ->
                word.equals("november.csv") ? folder.resolve("november.csv").toString() : word);
        var run = new CommandRun().with(environment);
        assertThat(run.run(words.toArray(new String[0])))
                .describedAs(() -> command.command() + "\n" + run.out() + run.err())
                .isEqualTo(exitCode);
        assertThat(run.out().lines().map(FinancePageIT::stable).toList())
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

    private void done(String... words) {
        var run = new CommandRun().with(environment);
        assertThat(run.run(words))
                .describedAs(() -> List.of(words) + "\n" + run.out() + run.err())
                .isZero();
    }

    private String run(String... words) {
        var run = new CommandRun().with(environment);
        run.run(words);
        return run.out() + run.err();
    }

    private String balance(String externalId) throws Exception {
        String customer = send("GET", "/customers?external_id=" + externalId, "");
        Matcher id = Pattern.compile("\"id\":\"(cust_[^\"]+)\"").matcher(customer);
        assertThat(id.find()).as(customer).isTrue();
        String wallet = send("GET", "/customers/" + id.group(1) + "/wallet/default:USD", "");
        Matcher available = Pattern.compile("\"available\":([-0-9.]+)").matcher(wallet);
        assertThat(available.find()).as(wallet).isTrue();
        return available.group(1);
    }

    private String event(String id) throws Exception {
        return send("GET", "/events/" + id, "");
    }

    private String send(String method, String path, String body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(credyt + path))
                .header("X-CREDYT-API-KEY", "dev")
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    }

    private String found(String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(dev.out());
        assertThat(matcher.find())
                .as("%s in %s", pattern, dev.out() + dev.err())
                .isTrue();
        return matcher.group(1);
    }
}
