package io.usageflow.cli.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.cli.Http;
import io.usageflow.schema.id.CredytIds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
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
    private static final String START = "USAGEFLOW_DELIVERY_OUTAGE_DEADLINE=10s usageflow dev --forwarder";

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    /**
     * By default a customer fails for a quarter of an hour, which is too long for a test; this is longer than the drill's
     * outage. And a mended customer's next try may be five minutes away, where a canary waits for two.
     */
    private static final Map<String, String> SHORT_WAITS =
            Map.of("USAGEFLOW_DELIVERY_CUSTOMER_FAILING_BUDGET", "12s", "USAGEFLOW_DELIVERY_RETRY_MAX", "2s");

    @AutoClose
    private static PageShell shell;

    @BeforeAll
    static void startAsTheDrillDoes() {
        shell = new PageShell(folder, START, SHORT_WAITS);
        shell.fileNames("usage.position", "bad.jsonl", "invoice.csv");
    }

    private interface Situation {
        void play(PageCommands page) throws Exception;
    }

    private static final Map<String, Situation> SITUATIONS = new LinkedHashMap<>();

    static {
        SITUATIONS.put(RunbookPage.BEGINNING, RunbookIT::allIsWell);
        SITUATIONS.put("Credyt is down", RunbookIT::credytIsDown);
        SITUATIONS.put("The key was revoked", RunbookIT::keyWasRevoked);
        SITUATIONS.put("A bad deploy poisoned events", RunbookIT::badDeploy);
        SITUATIONS.put("Dead letters come", RunbookIT::deadLetters);
        SITUATIONS.put("Events that Credyt will not bill", RunbookIT::notBillable);
        SITUATIONS.put("Credyt billed otherwise", page -> {}); // no command of its own
        SITUATIONS.put("A customer was linked late", RunbookIT::linkedLate);
        SITUATIONS.put("A broker lost a disk", RunbookIT::lostDisk);
        SITUATIONS.put("An invoice is disputed", RunbookIT::disputed);
        SITUATIONS.put("A customer is blocked", RunbookIT::blocked);
        SITUATIONS.put("A customer lacks funds", RunbookIT::unfunded);
        SITUATIONS.put("A balance is low", page -> {}); // no command of its own
        SITUATIONS.put("The schema registry was lost", page -> {}); // no command of its own
        SITUATIONS.put("The books do not balance", page -> {}); // no command of its own
        SITUATIONS.put("Reconcile finds something", page -> {}); // no command of its own
        SITUATIONS.put("Admission falls behind", page -> {}); // no command of its own
        SITUATIONS.put("Events reach Credyt late", page -> {}); // no command of its own
        SITUATIONS.put("Events come again and again", page -> {}); // no command of its own
        SITUATIONS.put("Repeats are recognized for too short a time", page -> {}); // no command of its own
        SITUATIONS.put("No events come", page -> {}); // no command of its own
        SITUATIONS.put("A forwarder does not answer", page -> {}); // no command of its own
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
                    var commands = new PageCommands(shell, section.getValue());
                    SITUATIONS.get(section.getKey()).play(commands);
                    commands.assertAllRun();
                }));
    }

    private static void allIsWell(PageCommands page) throws Exception {
        assertThat(page.run("usageflow doctor", 0)).contains("A forwarder can run");
        assertThat(page.run("curl -s http://127.0.0.1:8080/health/ready", 0)).contains(PageShell.READY);
        page.run("usageflow ledger", 0);
        link("acct_1");
    }

    private static void credytIsDown(PageCommands page) throws Exception {
        outage("unavailable");
        publish("down-1", "acct_1", "image_generated");
        page.run("curl -s http://127.0.0.1:8080/health/ready", 0);
        assertThat(page.run("curl -s http://127.0.0.1:8080/metrics", 0)).contains("usageflow_delivery_");
        page.run("usageflow ledger", 0);
        outage("none");
        // Where the commands took longer than the drill's deadline, it is a dead letter.
        await().atMost(PageShell.SOON).until(() -> {
            shell.run("usageflow dead-letters replay --reason CREDYT_UNAVAILABLE --apply --why 'Credyt is back'");
            return credytHas("acct_1", "down-1");
        });
    }

    private static void keyWasRevoked(PageCommands page) throws Exception {
        shell.send("PATCH", "/__sandbox/options", "{\"api_keys\":[\"another\"]}");
        assertThat(page.run("usageflow doctor", 1)).contains("refuses the key (status 401)");
        shell.send("PATCH", "/__sandbox/options", "{\"api_keys\":[\"dev\"]}");
        assertThat(page.run("usageflow doctor", 0)).contains("answers and takes the key");
        page.run("usageflow ledger", 0);
    }

    private static void badDeploy(PageCommands page) throws Exception {
        shell.send("PATCH", "/__sandbox/options", "{\"rules\":{\"missing_volume\":\"unprocessable\"}}");
        link("acct_test");
        for (int event = 1; event <= 3; event++) {
            publish("poison-" + event, "acct_1", "message_completed");
        }
        publish("poison-test", "acct_test", "message_completed");
        assertThat(page.run("usageflow catalogue check --from 2h", 1)).contains("VOLUME_MISSING");
        page.until("usageflow dead-letters list --since 2h", shown -> count("REJECTED", shown) >= 4);
        JsonNode one = JSON.readTree(shell.run("usageflow dead-letters list --reason REJECTED --json")
                .output()
                .lines()
                .findFirst()
                .orElseThrow());
        shell.replace("DEAD_LETTER_ID", one.path("id").asText());
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
        shell.send("PATCH", "/__sandbox/options", "{\"rules\":{\"missing_volume\":\"unbilled\"}}");
    }

    private static void deadLetters(PageCommands page) throws Exception {
        // All were answered in the section before.
        page.run("usageflow dead-letters list --since 1d", 1);
    }

    /** Of an account without a link, so that Credyt never gets the event. */
    private static void notBillable(PageCommands page) throws Exception {
        publish("typo-1", "acct_typo", "mesage_completed");
        assertThat(page.run("usageflow catalogue check --from 1d", 1))
                .contains("NO_PRICE_FOR_EVENT_TYPE")
                .contains("did you mean message_completed?");
    }

    private static void wrongClock(PageCommands page) throws Exception {
        assertThat(page.run("usageflow doctor", 0)).contains("clock");
        assertThat(page.run("curl -s http://127.0.0.1:8080/metrics", 0)).contains("usageflow_clock_ahead_seconds");
    }

    private static void linkedLate(PageCommands page) throws Exception {
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
        shell.file("customers.csv", "account,customer_external_id\nacct_late,acct_late\nacct_2,acct_2\n");
        assertThat(page.run("usageflow links import customers.csv", 0)).contains("new 1, changed 0, unchanged 1");
        assertThat(page.run("usageflow links import customers.csv --apply", 0)).contains("written 1, failed 0");
        assertThat(page.run("usageflow links list --customers", 0)).contains("acct_late", "acct_2");
        // None waited for so long here.
        page.run("usageflow dead-letters list --reason UNMAPPED_CUSTOMER", 1);
        page.run("usageflow dead-letters replay --reason UNMAPPED_CUSTOMER --account acct_late", 1);
    }

    private static void lostDisk(PageCommands page) throws Exception {
        assertThat(page.run("usageflow doctor", 0)).contains("a lost disk loses events");
        page.run("usageflow topics plan", 0);
        page.run("usageflow ledger", 0);
        shell.file("usage.jsonl", event("late-1", "acct_late") + event("again-1", "acct_1"));
        assertThat(page.run(
                        "usageflow publish --input usage.jsonl --resume usage.position --rate 500 --bad-lines"
                                + " bad.jsonl",
                        0))
                .contains("published 2, bad lines 0, failed 0");
        awaitAtCredyt("acct_1", "again-1");
        awaitNothingInFlight();
        page.run("usageflow reconcile --from 1d", 0);
    }

    private static void disputed(PageCommands page) throws Exception {
        publish("disputed-1", "acct_1", "image_generated");
        awaitAtCredyt("acct_1", "disputed-1");
        awaitNothingInFlight();
        shell.send("DELETE", "/__sandbox/events/" + CredytIds.ofEvent("acct_1", "disputed-1"), "");
        shell.replace("EVENT_ID", "disputed-1");
        page.run("usageflow ledger", 0);
        assertThat(page.run("usageflow reconcile --from 1d --account acct_1 --report invoice.csv", 1))
                .contains("MISSING");
        assertThat(shell.file("invoice.csv")).content().contains("disputed-1");
        assertThat(page.run("usageflow trace EVENT_ID --account acct_1 --credyt", 0))
                .contains("disputed-1");
        assertThat(page.run("usageflow reconcile --from 1d --account acct_1 --unknown", 0))
                .contains("was sent from here");
        page.run("usageflow reconcile --from 1d --account acct_1 --repair", 1);
        assertThat(credytHas("acct_1", "disputed-1")).isFalse();
        page.run("usageflow reconcile --from 1d --account acct_1 --repair --apply --why 'invoice 2026-11 disputed'", 1);
        awaitAtCredyt("acct_1", "disputed-1");
    }

    private static void blocked(PageCommands page) throws Exception {
        link("acct_blocked");
        shell.send("POST", "/__sandbox/faults", "{\"customer\":\"acct_blocked\",\"kind\":\"status\",\"status\":503}");
        for (int event = 1; event <= 3; event++) {
            publish("blocked-" + event, "acct_blocked", "image_generated");
        }
        page.until("usageflow dead-letters list --reason CUSTOMER_BLOCKED", shown -> {
            // Others must be well meanwhile: an outage of all is nobody's fault.
            publish("well-" + System.nanoTime(), "acct_1", "image_generated");
            return count("acct_blocked", shown) >= 2;
        });
        shell.send("DELETE", "/__sandbox/faults", "");
        page.run("usageflow dead-letters replay --reason CUSTOMER_BLOCKED --account acct_blocked", 0);
        page.run(
                "usageflow dead-letters replay --reason CUSTOMER_BLOCKED --account acct_blocked --apply --canary 1"
                        + " --why 'Credyt has mended the customer'",
                0);
        for (int event = 1; event <= 3; event++) {
            awaitAtCredyt("acct_blocked", "blocked-" + event);
        }
    }

    private static void unfunded(PageCommands page) throws Exception {
        link("acct_poor");
        shell.send("POST", "/__sandbox/faults", "{\"customer\":\"acct_poor\",\"kind\":\"status\",\"status\":402}");
        for (int event = 1; event <= 3; event++) {
            publish("poor-" + event, "acct_poor", "image_generated");
        }
        page.until("usageflow funds list", shown -> shown.contains("acct_poor") && shown.contains("HTTP 402"));
        shell.send("DELETE", "/__sandbox/faults", "");
        page.run("usageflow funds retry --customer acct_poor", 0);
        for (int event = 1; event <= 3; event++) {
            awaitAtCredyt("acct_poor", "poor-" + event);
        }
        page.until("usageflow funds list", shown -> shown.contains("No customer lacks funds"));
        page.run("usageflow dead-letters list --reason NO_FUNDS", 1);
    }

    private static void retention(PageCommands page) throws Exception {
        page.run("curl -s http://127.0.0.1:8080/metrics", 0);
        page.run("usageflow topics plan", 0);
    }

    /** The loss itself is RecreatedTopicsIT's: these books would never balance again. */
    private static void nothingExpired(PageCommands page) throws Exception {
        assertThat(page.run("usageflow doctor", 0)).contains("Kafka has all that was not read yet");
        page.run("usageflow ledger", 0);
    }

    private static void fullDisk(PageCommands page) throws Exception {
        page.run("usageflow doctor", 0);
        page.run("usageflow topics plan", 0);
        page.run("usageflow ledger", 0);
    }

    private static void stuckTransaction(PageCommands page) throws Exception {
        page.run("usageflow doctor", 0);
        page.run("usageflow ledger", 0);
    }

    private static void drill(PageCommands page) throws Exception {
        // Run before all else, with free ports.
        page.skip(START);
        shell.file(
                "drill-customers.csv",
                "account,customer_external_id\ndrill_a,drill_a\ndrill_b,drill_b\ndrill_c,drill_c\n");
        shell.file("drill.jsonl", drillEvents(1, 12));
        shell.file("drill-outage.jsonl", drillEvents(13, 60));
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
        page.until("curl -s http://127.0.0.1:8080/health/ready", shown -> shown.contains(PageShell.READY));
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
            assertThat(shell.run("usageflow links create --account made_" + externalId + " --external-id " + externalId
                                    + " --product ai-usage --apply")
                            .exitCode())
                    .isZero();
        }
    }

    private static void link(String account) throws Exception {
        assertThat(shell.run("usageflow links put --account " + account + " --customer-external-id " + account
                                + " --no-verify")
                        .exitCode())
                .isZero();
    }

    private static void publish(String id, String account, String type) throws Exception {
        assertThat(shell.run("usageflow publish --account " + account + " --event-type " + type + " --id " + id)
                        .exitCode())
                .isZero();
    }

    private static void outage(String what) throws Exception {
        shell.send("POST", "/__sandbox/outage/" + what, "");
    }

    private static String event(String id, String account) {
        return "{\"id\":\"" + id + "\",\"event_type\":\"image_generated\",\"account_id\":\"" + account + "\"}\n";
    }

    private static boolean credytHas(String account, String id) {
        return Http.get(shell.credyt() + "/__sandbox/event-ids")
                .contains(CredytIds.ofEvent(account, id).toString());
    }

    private static void awaitAtCredyt(String account, String id) {
        await(id).atMost(PageShell.SOON).until(() -> credytHas(account, id));
    }

    private static void awaitNothingInFlight() {
        await().atMost(PageShell.SOON)
                .until(() -> shell.run("usageflow ledger").output().matches("(?s).*\ntotal( +[0-9,]+){5} +0 .*"));
    }

    private static long count(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results().count();
    }
}
