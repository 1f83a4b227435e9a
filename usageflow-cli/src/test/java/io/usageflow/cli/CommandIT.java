package io.usageflow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.dev.DevEnvironment;
import io.usageflow.cli.dev.DevOptions;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands as a user runs them, each with what it needs really there, or really missing. */
class CommandIT {
    private static final Duration SOON = Duration.ofMinutes(3);

    @TempDir
    Path folder;

    private final List<Running> started = new ArrayList<>();

    /** A command that runs until it is told to stop. */
    private record Running(CommandRun command, CompletableFuture<Integer> exitCode) {}

    /** Also where an assertion failed: a broker that is left running loses its folder, and ends the JVM of all tests. */
    @AfterEach
    void stopWhatWasStarted() {
        started.forEach(running -> running.command().stop());
        await().atMost(SOON).until(() -> started.stream()
                .allMatch(running -> running.exitCode().isDone()));
    }

    @Test
    void shouldSeeAnEventThroughWithNothingButTheCommandLine() throws Exception {
        var dev = new CommandRun();
        CompletableFuture<Integer> running = start(
                dev,
                "dev",
                "--forwarder",
                "--broker-port",
                "0",
                "--registry-port",
                "0",
                "--sandbox-port",
                "0",
                "--admin-port",
                "0",
                "--data",
                folder.resolve("data").toString());
        await().atMost(SOON).until(() -> running.isDone() || dev.out().contains("Ctrl-C"));
        assertThat(dev.err()).isEmpty();
        String credyt = found("Credyt stand-in +(\\S+)", dev.out());
        String[] where = found("(--bootstrap-servers \\S+ --schema-registry \\S+)", dev.out())
                .split(" ");
        Path usage = Files.writeString(folder.resolve("usage.jsonl"), """
                {"event_type":"image_generated","account_id":"acct_7","costs":[{"vendor":"openai","amount":0.01,"currency":"USD"}]}
                {"event_type":"image_generated","account_id":"acct_7","cost":[]}
                {"event_type":"image_generated","account_id":"acct_7","costs":[{"vendor":"openai","amount":0.01,"currency":"USD"}]}
                """);

        var first = new CommandRun();
        assertThat(first.run(with(where, "publish", "--input", usage.toString())))
                .describedAs(() -> first.err())
                .isEqualTo(ExitCode.PROBLEMS);
        assertThat(first.err()).contains("line 2: has the unknown field cost: use id,");
        assertThat(first.out()).isEqualToIgnoringNewLines("published 2, bad lines 1, failed 0");
        var again = new CommandRun();
        assertThat(again.run(with(where, "publish", "--input", usage.toString())))
                .isEqualTo(ExitCode.PROBLEMS);
        var single = new CommandRun();
        assertThat(single.run(with(
                        where,
                        "publish",
                        "--account",
                        "acct_7",
                        "--event-type",
                        "image_generated",
                        "--cost",
                        "openai=0.0161USD")))
                .isZero();
        var csv = new CommandRun().reading("who,seconds\nacct_7,12\n");
        assertThat(csv.run(with(
                        where,
                        "publish",
                        "--input",
                        "-",
                        "--csv-mapping",
                        "event_type='video_generated',account_id=who,data.seconds=seconds:long")))
                .isZero();
        var link = new CommandRun();
        assertThat(link.run(with(where, "links", "put", "--account", "acct_7", "--customer-external-id", "acct_1")))
                .isZero();
        assertThat(link.out()).startsWith("linked acct_7 (usage.customer-links");

        var lost = new CommandRun();
        String broker = found("--bootstrap-servers (\\S+)", dev.out());
        assertThat(lost.run(
                        "publish",
                        "--account",
                        "a",
                        "--event-type",
                        "t",
                        "--bootstrap-servers",
                        broker,
                        "--schema-registry",
                        "http://127.0.0.1:1"))
                .isEqualTo(ExitCode.UNREACHABLE);
        assertThat(lost.err().lines()).singleElement().asString().contains("schema.registry.url is right");

        // 3 images and a video; the file's repetition is billed no second time.
        await().atMost(SOON).untilAsserted(() -> assertThat(Http.get(credyt + "/__sandbox/stats"))
                .contains("\"events\":4,", "\"fees\":{\"USD\":1.56}", "\"costs\":{\"USD\":0.0361}"));
        String admin = found("forwarder +(\\S+)/health/ready", dev.out());
        assertThat(Http.get(admin + "/health/ready")).contains("\"ready\":true");
        assertThat(Http.get(admin + "/metrics"))
                .contains("usageflow_admission_events_total{outcome=\"duplicate\"} 2.0");

        dev.stop();
        assertThat(running.get(3, TimeUnit.MINUTES)).isZero();
        keepsWhatWasPublished();
    }

    /** Topics, schemas and ids stand in the folder: the next start reads them, and nothing is sent again. */
    private void keepsWhatWasPublished() {
        var options = new DevOptions(0, 0, 0, "dev", Optional.of(folder.resolve("data")), Optional.empty());
        try (DevEnvironment environment = DevEnvironment.start(options)) {
            var plan = new CommandRun();
            assertThat(plan.run("topics", "plan", "--bootstrap-servers", environment.bootstrapServers()))
                    .isZero();
            assertThat(plan.out().lines()).hasSize(10).allMatch(line -> line.startsWith("ready "));
            assertThat(Http.get(environment.registryUrl() + "/subjects")).contains("usage.events-value");
        }
    }

    @Test
    void shouldSayThatKafkaDoesNotAnswer() throws Exception {
        try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String server = "127.0.0.1:" + silent.getLocalPort();
            var command = new CommandRun();

            int exitCode =
                    command.run("forwarder", "--dev", "--bootstrap-servers", server, "--set", "start.timeout=2s");

            assertThat(exitCode).isEqualTo(ExitCode.UNREACHABLE);
            assertThat(command.err().lines())
                    .singleElement()
                    .asString()
                    .startsWith("usageflow: Kafka at " + server + " did not answer within 2 s: check that it runs");
        }
    }

    @Test
    void shouldSayThatABrokerNameDoesNotResolve() {
        var command = new CommandRun();

        int exitCode = command.run("topics", "plan", "--bootstrap-servers", "no-such-host.invalid:9092");

        assertThat(exitCode).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(command.err().lines()).singleElement().asString().contains("check kafka.bootstrap.servers");
    }

    @Test
    void shouldSayWhichPortIsBusyBeforeAnythingElseStarts() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            for (List<String> args : List.of(
                    List.of("sandbox", "--port", port),
                    List.of("dev", "--broker-port", "0", "--registry-port", port, "--sandbox-port", "0"),
                    List.of("dev", "--broker-port", "0", "--registry-port", "0", "--sandbox-port", port),
                    List.of("dev", "--broker-port", port, "--registry-port", "0", "--sandbox-port", "0"))) {
                var command = new CommandRun();

                assertThat(command.run(args.toArray(new String[0])))
                        .as(args.toString())
                        .isEqualTo(ExitCode.UNREACHABLE);
                assertThat(command.err().lines())
                        .singleElement()
                        .asString()
                        .contains(port)
                        .containsIgnoringCase("choose another port");
            }
        }
    }

    @Test
    void shouldRunAndStopTheSandbox() {
        var sandbox = new CommandRun();
        CompletableFuture<Integer> running =
                start(sandbox, "sandbox", "--port", "0", "--key", "k", "--overdraft-limit", "2.5");
        await().atMost(SOON).until(() -> running.isDone() || sandbox.out().contains("/__sandbox/stats"));

        String statistics = found("statistics +(\\S+)", sandbox.out());
        assertThat(Http.get(statistics)).contains("\"events\":0");
        assertThat(Http.get(statistics.replace("/stats", "/options")))
                .contains("\"overdraft\":\"limited\"", "\"overdraft_limit\":2.5");
        sandbox.stop();
        assertThat(running.join()).isZero();
    }

    private CompletableFuture<Integer> start(CommandRun command, String... args) {
        CompletableFuture<Integer> exitCode =
                CompletableFuture.supplyAsync(() -> command.run(args), CommandIT::onThreadOfItsOwn);
        started.add(new Running(command, exitCode));
        return exitCode;
    }

    private static String[] with(String[] where, String... args) {
        var all = new ArrayList<>(List.of(args));
        all.addAll(List.of(where));
        return all.toArray(new String[0]);
    }

    private static String found(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as("%s in %s", pattern, text).isTrue();
        return matcher.group(1);
    }

    /** Not on the common pool: it has one thread on two cores, and a command that runs until it is stopped keeps it. */
    private static void onThreadOfItsOwn(Runnable command) {
        Thread thread = new Thread(command, "command");
        thread.setDaemon(true);
        thread.start();
    }
}
