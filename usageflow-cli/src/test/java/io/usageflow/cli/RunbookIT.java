package io.usageflow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.schema.id.CredytIds;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every command of docs/runbook.md, in the page's order, word for word, each in the situation that its section is about. A
 * command or a section that this test does not know fails it, and so does one that it knows and the page lacks.
 */
class RunbookIT {
    private static final Path PAGE = Path.of("..", "docs", "runbook.md");
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String START = "USAGEFLOW_DELIVERY_OUTAGE_DEADLINE=10s usageflow dev --forwarder";
    /** Of the process; each stage has a word of its own further in. */
    private static final String READY = "{\"live\":true,\"ready\":true";

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    private static final CommandRun DEV = new CommandRun();
    private static CompletableFuture<Integer> devEnded = new CompletableFuture<>();
    private static String credyt = "";
    private static final Map<String, String> ENVIRONMENT = new HashMap<>();

    /** What the page says, and what stands in its place here: ports, files and words in capitals. */
    private static final Map<String, String> REPLACED = new LinkedHashMap<>();

    @BeforeAll
    static void startAsTheDrillDoes() {
        Map<String, String> environment = new HashMap<>();
        // A quarter of an hour by default, which is too long for a test; longer than the drill's outage.
        environment.put("USAGEFLOW_DELIVERY_CUSTOMER_FAILING_BUDGET", "12s");
        List<String> words = new ArrayList<>(RunbookPage.words(START));
        String[] variable = words.remove(0).split("=", 2);
        environment.put(variable[0], variable[1]);
        words.remove("usageflow");
        words.addAll(List.of("--broker-port", "0", "--registry-port", "0", "--sandbox-port", "0", "--admin-port", "0"));
        DEV.with(environment);
        Thread thread = new Thread(() -> devEnded.complete(DEV.run(words.toArray(new String[0]))), "dev");
        thread.setDaemon(true);
        thread.start();
        await().atMost(SOON).until(() -> devEnded.isDone() || DEV.out().contains("Ctrl-C"));
        credyt = found("Credyt stand-in +(\\S+)");
        String admin = found("forwarder +(\\S+)/health/ready");
        ENVIRONMENT.put("USAGEFLOW_KAFKA_BOOTSTRAP_SERVERS", found("Kafka broker +(\\S+)"));
        ENVIRONMENT.put("USAGEFLOW_SCHEMA_REGISTRY_URL", found("schema registry +(\\S+)"));
        ENVIRONMENT.put("USAGEFLOW_CREDYT_URL", credyt);
        ENVIRONMENT.put("USAGEFLOW_CREDYT_API_KEY", "dev");
        ENVIRONMENT.put("USAGEFLOW_ADMIN_PORT", admin.replaceAll(".*:", ""));
        ENVIRONMENT.put("USAGEFLOW_STATE_DIR", folder.resolve("state").toString());
        REPLACED.put("http://127.0.0.1:8080", admin);
        REPLACED.put("http://127.0.0.1:8090", credyt);
        for (String file : List.of(
                "drill.jsonl",
                "drill-customers.csv",
                "drill-outage.jsonl",
                "usage.jsonl",
                "usage.position",
                "bad.jsonl",
                "customers.csv",
                "invoice.csv")) {
            REPLACED.put(file, folder.resolve(file).toString());
        }
        await().atMost(SOON).until(() -> Http.get(admin + "/health/ready").contains(READY));
    }

    @AfterAll
    static void stop() {
        DEV.stop();
        await().atMost(SOON).until(devEnded::isDone);
    }

    /** One section's commands, to be run in order and all of them. */
    private static final class Commands {
        private final Deque<String> left;

        Commands(List<String> commands) {
            left = new ArrayDeque<>(commands);
        }

        /** Runs the page's next command, which must be this one. */
        String run(String command, int exitCode) throws Exception {
            assertThat(left.poll()).as("the page's next command").isEqualTo(command);
            Ran ran = Ran.of(command);
            assertThat(ran.exitCode()).as(command + "\n" + ran.output()).isEqualTo(exitCode);
            return ran.output();
        }

        /** As the page says: repeat it until it shows what is waited for. */
        String until(String command, Shown shown) throws Exception {
            assertThat(left.poll()).as("the page's next command").isEqualTo(command);
            var output = new String[] {""};
            await(command).atMost(SOON).until(() -> {
                output[0] = Ran.of(command).output();
                return shown.in(output[0]);
            });
            return output[0];
        }
    }

    private record Ran(int exitCode, String output) {
        static Ran of(String command) throws Exception {
            List<String> words = new ArrayList<>();
            for (String word : RunbookPage.words(command)) {
                String here = word;
                for (Map.Entry<String, String> each : REPLACED.entrySet()) {
                    // A file's name is a word of its own; an address may have a path behind it.
                    here = each.getKey().startsWith("http")
                            ? here.replace(each.getKey(), each.getValue())
                            : here.equals(each.getKey()) ? each.getValue() : here;
                }
                words.add(here);
            }
            String program = words.remove(0);
            if (program.equals("curl")) {
                return curl(words);
            }
            assertThat(program).isEqualTo("usageflow");
            var run = new CommandRun().with(ENVIRONMENT);
            int exitCode = run.run(words.toArray(new String[0]));
            return new Ran(exitCode, run.out() + run.err());
        }

        /** As much of curl as the page needs. */
        private static Ran curl(List<String> words) throws IOException, InterruptedException {
            String method = "GET";
            if (words.get(0).equals("-sX")) {
                words.remove(0);
                method = words.remove(0);
            } else {
                assertThat(words.remove(0)).isEqualTo("-s");
            }
            assertThat(words).hasSize(1);
            return new Ran(0, answer(method, words.get(0), "").body());
        }
    }

    private interface Shown {
        boolean in(String output) throws Exception;
    }

    private interface Situation {
        void play(Commands page) throws Exception;
    }

    private static final Map<String, Situation> SITUATIONS = new LinkedHashMap<>();

    static {
        SITUATIONS.put(RunbookPage.BEGINNING, RunbookIT::allIsWell);
        SITUATIONS.put("Credyt is down", RunbookIT::credytIsDown);
        SITUATIONS.put("The key was revoked", RunbookIT::keyWasRevoked);
        SITUATIONS.put("A bad deploy poisoned events", RunbookIT::badDeploy);
        SITUATIONS.put("Dead letters come", RunbookIT::deadLetters);
        SITUATIONS.put("Events that Credyt will not bill", RunbookIT::notBillable);
        SITUATIONS.put("A customer was linked late", RunbookIT::linkedLate);
        SITUATIONS.put("A broker lost a disk", RunbookIT::lostDisk);
        SITUATIONS.put("An invoice is disputed", RunbookIT::disputed);
        SITUATIONS.put("A customer is blocked", RunbookIT::blocked);
        SITUATIONS.put("A customer lacks funds", RunbookIT::unfunded);
        SITUATIONS.put("A balance is low", page -> {}); // no command of its own
        SITUATIONS.put("The schema registry was lost", page -> {}); // no command of its own
        SITUATIONS.put("Retention is running out", RunbookIT::retention);
        SITUATIONS.put("Events expired unread", RunbookIT::nothingExpired);
        SITUATIONS.put("A topic was made again", RunbookIT::nothingExpired);
        SITUATIONS.put("A clock is wrong", RunbookIT::wrongClock);
        SITUATIONS.put("A disk is full", RunbookIT::fullDisk);
        SITUATIONS.put("A transaction does not end", RunbookIT::stuckTransaction);
        SITUATIONS.put("Drill: an outage, from beginning to end", RunbookIT::drill);
    }

    @TestFactory
    Stream<DynamicTest> everyCommandOfThePage() throws IOException {
        RunbookPage page = RunbookPage.read(PAGE);
        assertThat(page.commands().keySet()).containsExactlyElementsOf(SITUATIONS.keySet());
        return page.commands().entrySet().stream()
                .map(section -> DynamicTest.dynamicTest(section.getKey(), () -> {
                    var commands = new Commands(section.getValue());
                    SITUATIONS.get(section.getKey()).play(commands);
                    assertThat(commands.left).as("commands that were not run").isEmpty();
                }));
    }

    private static void allIsWell(Commands page) throws Exception {
        assertThat(page.run("usageflow doctor", 0)).contains("A forwarder can run");
        assertThat(page.run("curl -s http://127.0.0.1:8080/health/ready", 0)).contains(READY);
        page.run("usageflow ledger", 0);
        link("acct_1");
    }

    private static void credytIsDown(Commands page) throws Exception {
        outage("unavailable");
        publish("down-1", "acct_1", "image_generated");
        page.run("curl -s http://127.0.0.1:8080/health/ready", 0);
        assertThat(page.run("curl -s http://127.0.0.1:8080/metrics", 0)).contains("usageflow_delivery_");
        page.run("usageflow ledger", 0);
        outage("none");
    }

    private static void keyWasRevoked(Commands page) throws Exception {
        send("PATCH", credyt + "/__sandbox/options", "{\"api_keys\":[\"another\"]}");
        assertThat(page.run("usageflow doctor", 1)).contains("refuses the key (status 401)");
        send("PATCH", credyt + "/__sandbox/options", "{\"api_keys\":[\"dev\"]}");
        assertThat(page.run("usageflow doctor", 0)).contains("answers and takes the key");
        page.run("usageflow ledger", 0);
    }

    private static void badDeploy(Commands page) throws Exception {
        send("PATCH", credyt + "/__sandbox/options", "{\"rules\":{\"missing_volume\":\"unprocessable\"}}");
        link("acct_test");
        for (int event = 1; event <= 3; event++) {
            publish("poison-" + event, "acct_1", "message_completed");
        }
        publish("poison-test", "acct_test", "message_completed");
        assertThat(page.run("usageflow catalogue check --from 2h", 1)).contains("VOLUME_MISSING");
        page.until("usageflow dead-letters list --since 2h", shown -> count("REJECTED", shown) >= 4);
        JsonNode one = JSON.readTree(Ran.of("usageflow dead-letters list --reason REJECTED --json")
                .output()
                .lines()
                .findFirst()
                .orElseThrow());
        REPLACED.put("DEAD_LETTER_ID", one.path("id").asText());
        assertThat(page.run("usageflow dead-letters show DEAD_LETTER_ID", 0)).contains("poison-");
        page.run("usageflow dead-letters discard --account acct_test --reason REJECTED --since 2h", 0);
        page.run(
                "usageflow dead-letters discard --account acct_test --reason REJECTED --since 2h --apply --why 'test"
                        + " traffic of deploy 812'",
                0);
        page.run("usageflow dead-letters replay --reason REJECTED --since 2h --set data.total_tokens=1500", 0);
        assertThat(credytHas("acct_1", "poison-1")).isFalse();
        page.run(
                "usageflow dead-letters replay --reason REJECTED --since 2h --set data.total_tokens=1500 --apply"
                        + " --canary 1 --why 'deploy 812 left out total_tokens'",
                0);
        page.until(
                "usageflow dead-letters list --since 2h --state any",
                shown -> shown.contains("replayed") && shown.contains("discarded"));
        for (int event = 1; event <= 3; event++) {
            awaitAtCredyt("acct_1", "poison-" + event);
        }
        assertThat(credytHas("acct_test", "poison-test")).isFalse();
        send("PATCH", credyt + "/__sandbox/options", "{\"rules\":{\"missing_volume\":\"unbilled\"}}");
    }

    private static void deadLetters(Commands page) throws Exception {
        // All were answered in the section before.
        page.run("usageflow dead-letters list --since 1d", 1);
    }

    /** Of an account without a link, so that Credyt never gets the event. */
    private static void notBillable(Commands page) throws Exception {
        publish("typo-1", "acct_typo", "mesage_completed");
        assertThat(page.run("usageflow catalogue check --from 1d", 1))
                .contains("NO_PRICE_FOR_EVENT_TYPE")
                .contains("did you mean message_completed?");
    }

    private static void wrongClock(Commands page) throws Exception {
        assertThat(page.run("usageflow doctor", 0)).contains("clock");
        assertThat(page.run("curl -s http://127.0.0.1:8080/metrics", 0)).contains("usageflow_clock_ahead_seconds");
    }

    private static void linkedLate(Commands page) throws Exception {
        publish("late-1", "acct_late", "image_generated");
        page.until(
                "usageflow parked list",
                shown -> shown.contains("usageflow links put --account acct_late --customer-external-id ID"));
        customersAtCredyt("acct_late", "acct_2");
        page.run("usageflow links put --account acct_late --customer-external-id acct_late", 0);
        // The event of acct_typo still waits.
        page.until(
                "usageflow parked list --account acct_late",
                shown -> shown.contains("None of them is of account acct_late"));
        awaitAtCredyt("acct_late", "late-1");
        Files.writeString(
                folder.resolve("customers.csv"), "account,customer_external_id\nacct_late,acct_late\nacct_2,acct_2\n");
        assertThat(page.run("usageflow links import customers.csv", 0)).contains("new 1, changed 0, unchanged 1");
        assertThat(page.run("usageflow links import customers.csv --apply", 0)).contains("written 1, failed 0");
        assertThat(page.run("usageflow links list --customers", 0)).contains("acct_late", "acct_2");
        // None waited for so long here.
        page.run("usageflow dead-letters list --reason UNMAPPED_CUSTOMER", 1);
        page.run("usageflow dead-letters replay --reason UNMAPPED_CUSTOMER --account acct_late", 1);
    }

    private static void lostDisk(Commands page) throws Exception {
        assertThat(page.run("usageflow doctor", 0)).contains("a lost disk loses events");
        page.run("usageflow topics plan", 0);
        page.run("usageflow ledger", 0);
        Files.writeString(folder.resolve("usage.jsonl"), event("late-1", "acct_late") + event("again-1", "acct_1"));
        assertThat(page.run(
                        "usageflow publish --input usage.jsonl --resume usage.position --rate 500 --bad-lines"
                                + " bad.jsonl",
                        0))
                .contains("published 2, bad lines 0, failed 0");
        awaitAtCredyt("acct_1", "again-1");
        awaitNothingInFlight();
        page.run("usageflow reconcile --from 1d", 0);
    }

    private static void disputed(Commands page) throws Exception {
        publish("disputed-1", "acct_1", "image_generated");
        awaitAtCredyt("acct_1", "disputed-1");
        awaitNothingInFlight();
        send("DELETE", credyt + "/__sandbox/events/" + CredytIds.ofEvent("acct_1", "disputed-1"), "");
        REPLACED.put("EVENT_ID", "disputed-1");
        page.run("usageflow ledger", 0);
        assertThat(page.run("usageflow reconcile --from 1d --account acct_1 --report invoice.csv", 1))
                .contains("MISSING");
        assertThat(folder.resolve("invoice.csv")).content().contains("disputed-1");
        assertThat(page.run("usageflow trace EVENT_ID --account acct_1 --credyt", 0))
                .contains("disputed-1");
        assertThat(page.run("usageflow reconcile --from 1d --account acct_1 --unknown", 0))
                .contains("was sent from here");
        page.run("usageflow reconcile --from 1d --account acct_1 --repair", 1);
        assertThat(credytHas("acct_1", "disputed-1")).isFalse();
        page.run("usageflow reconcile --from 1d --account acct_1 --repair --apply --why 'invoice 2026-11 disputed'", 1);
        awaitAtCredyt("acct_1", "disputed-1");
    }

    private static void blocked(Commands page) throws Exception {
        link("acct_blocked");
        send(
                "POST",
                credyt + "/__sandbox/faults",
                "{\"customer\":\"acct_blocked\",\"kind\":\"status\",\"status\":503}");
        for (int event = 1; event <= 3; event++) {
            publish("blocked-" + event, "acct_blocked", "image_generated");
        }
        page.until("usageflow dead-letters list --reason CUSTOMER_BLOCKED", shown -> {
            // Others must be well meanwhile: an outage of all is nobody's fault.
            publish("well-" + System.nanoTime(), "acct_1", "image_generated");
            return count("acct_blocked", shown) >= 2;
        });
        send("DELETE", credyt + "/__sandbox/faults", "");
        page.run("usageflow dead-letters replay --reason CUSTOMER_BLOCKED --account acct_blocked", 0);
        page.run(
                "usageflow dead-letters replay --reason CUSTOMER_BLOCKED --account acct_blocked --apply --canary 1"
                        + " --why 'Credyt has mended the customer'",
                0);
        for (int event = 1; event <= 3; event++) {
            awaitAtCredyt("acct_blocked", "blocked-" + event);
        }
    }

    private static void unfunded(Commands page) throws Exception {
        link("acct_poor");
        send("POST", credyt + "/__sandbox/faults", "{\"customer\":\"acct_poor\",\"kind\":\"status\",\"status\":402}");
        for (int event = 1; event <= 3; event++) {
            publish("poor-" + event, "acct_poor", "image_generated");
        }
        page.until("usageflow funds list", shown -> shown.contains("acct_poor") && shown.contains("HTTP 402"));
        send("DELETE", credyt + "/__sandbox/faults", "");
        page.run("usageflow funds retry --customer acct_poor", 0);
        for (int event = 1; event <= 3; event++) {
            awaitAtCredyt("acct_poor", "poor-" + event);
        }
        page.until("usageflow funds list", shown -> shown.contains("No customer lacks funds"));
        page.run("usageflow dead-letters list --reason NO_FUNDS", 1);
    }

    private static void retention(Commands page) throws Exception {
        page.run("curl -s http://127.0.0.1:8080/metrics", 0);
        page.run("usageflow topics plan", 0);
    }

    /** The loss itself is RecreatedTopicsIT's: these books would never balance again. */
    private static void nothingExpired(Commands page) throws Exception {
        assertThat(page.run("usageflow doctor", 0)).contains("Kafka has all that was not read yet");
        page.run("usageflow ledger", 0);
    }

    private static void fullDisk(Commands page) throws Exception {
        page.run("usageflow doctor", 0);
        page.run("usageflow topics plan", 0);
        page.run("usageflow ledger", 0);
    }

    private static void stuckTransaction(Commands page) throws Exception {
        page.run("usageflow doctor", 0);
        page.run("usageflow ledger", 0);
    }

    private static void drill(Commands page) throws Exception {
        // Run before all else, with free ports.
        assertThat(page.left.poll()).isEqualTo(START);
        Files.writeString(
                folder.resolve("drill-customers.csv"),
                "account,customer_external_id\ndrill_a,drill_a\ndrill_b,drill_b\ndrill_c,drill_c\n");
        Files.writeString(folder.resolve("drill.jsonl"), drillEvents(1, 12));
        Files.writeString(folder.resolve("drill-outage.jsonl"), drillEvents(13, 60));
        customersAtCredyt("drill_a", "drill_b", "drill_c");
        page.run("usageflow links import drill-customers.csv --apply", 0);
        page.run("usageflow publish --input drill.jsonl", 0);
        page.run("usageflow ledger", 0);
        for (int number = 1; number <= 12; number++) {
            awaitAtCredyt(drillAccount(number), "drill-" + number);
        }

        page.run("curl -sX POST http://127.0.0.1:8090/__sandbox/outage/unavailable", 0);
        page.run("usageflow publish --input drill-outage.jsonl", 0);
        page.until(
                "usageflow dead-letters list --reason CREDYT_UNAVAILABLE",
                shown -> count("CREDYT_UNAVAILABLE", shown) >= 48);
        page.run("usageflow ledger", 0);

        page.run("curl -sX POST http://127.0.0.1:8090/__sandbox/outage/none", 0);
        page.until("curl -s http://127.0.0.1:8080/health/ready", shown -> shown.contains(READY));
        assertThat(page.run("usageflow dead-letters replay --reason CREDYT_UNAVAILABLE", 0))
                .contains("48");
        assertThat(credytHas(drillAccount(13), "drill-13")).isFalse();
        page.run("usageflow dead-letters replay --reason CREDYT_UNAVAILABLE --apply --canary 3 --why 'the drill'", 0);
        page.until(
                "usageflow dead-letters list --reason CREDYT_UNAVAILABLE --state any",
                shown -> count("replayed", shown) >= 48);
        for (int number = 13; number <= 60; number++) {
            awaitAtCredyt(drillAccount(number), "drill-" + number);
        }
        awaitNothingInFlight();
        assertThat(page.run("usageflow ledger", 0)).contains("the books balance");
        page.run("usageflow reconcile --dev --from 1h", 0);
        JsonNode customers = JSON.readTree(page.run("curl -s http://127.0.0.1:8090/__sandbox/stats", 0))
                .path("by_customer");
        for (String account : List.of("drill_a", "drill_b", "drill_c")) {
            // 20 images at 0.04 each: each once.
            assertThat(customers.path(account).path("events").asInt())
                    .as(customers.toString())
                    .isEqualTo(20);
            assertThat(customers.path(account).path("fees").path("USD").decimalValue())
                    .isEqualByComparingTo("0.80");
        }
    }

    private static String drillAccount(int number) {
        return List.of("drill_a", "drill_b", "drill_c").get(number % 3);
    }

    private static String drillEvents(int first, int last) {
        var text = new StringBuilder();
        for (int number = first; number <= last; number++) {
            text.append(event("drill-" + number, drillAccount(number)));
        }
        return text.toString();
    }

    /** The commands here have Credyt's key, so links are verified. */
    private static void customersAtCredyt(String... externalIds) throws Exception {
        for (String externalId : externalIds) {
            assertThat(Ran.of("usageflow links create --account made_" + externalId + " --external-id " + externalId
                                    + " --product ai-usage --apply")
                            .exitCode())
                    .isZero();
        }
    }

    private static void link(String account) throws Exception {
        assertThat(Ran.of("usageflow links put --account " + account + " --customer-external-id " + account
                                + " --no-verify")
                        .exitCode())
                .isZero();
    }

    private static void publish(String id, String account, String type) throws Exception {
        assertThat(Ran.of("usageflow publish --account " + account + " --event-type " + type + " --id " + id)
                        .exitCode())
                .isZero();
    }

    private static void outage(String what) throws Exception {
        send("POST", credyt + "/__sandbox/outage/" + what, "");
    }

    private static String event(String id, String account) {
        return "{\"id\":\"" + id + "\",\"event_type\":\"image_generated\",\"account_id\":\"" + account + "\"}\n";
    }

    private static boolean credytHas(String account, String id) {
        return Http.get(credyt + "/__sandbox/event-ids")
                .contains(CredytIds.ofEvent(account, id).toString());
    }

    private static void awaitAtCredyt(String account, String id) {
        await(id).atMost(SOON).until(() -> credytHas(account, id));
    }

    private static void awaitNothingInFlight() {
        await().atMost(SOON)
                .until(() -> Ran.of("usageflow ledger").output().matches("(?s).*\ntotal( +[0-9,]+){5} +0 .*"));
    }

    private static long count(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results().count();
    }

    private static String found(String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(DEV.out());
        assertThat(matcher.find())
                .as("%s in %s", pattern, DEV.out() + DEV.err())
                .isTrue();
        return matcher.group(1);
    }

    private static void send(String method, String url, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = answer(method, url, body);
        assertThat(answer.statusCode())
                .as(method + " " + url + " " + answer.body())
                .isLessThan(300);
    }

    private static HttpResponse<String> answer(String method, String url, String body)
            throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(url))
                                .header("Content-Type", "application/json")
                                .method(method, BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString());
    }
}
