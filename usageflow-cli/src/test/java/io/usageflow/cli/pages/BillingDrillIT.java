package io.usageflow.cli.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.cli.Http;
import io.usageflow.schema.id.CredytIds;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of docs/billing-drill.md, word for word, among many events that are well. */
class BillingDrillIT {
    private static final Path PAGE = Path.of("..", "docs", "billing-drill.md");
    private static final String START = "USAGEFLOW_ADMISSION_UNBILLABLE=hold USAGEFLOW_ADMISSION_PARKED_MAX_AGE=90s"
            + " USAGEFLOW_BILLING_SAMPLES_ENABLED=true USAGEFLOW_BILLING_SAMPLES_DELAY=30s"
            + " USAGEFLOW_BILLING_SAMPLES_PATIENCE=40s usageflow dev --forwarder";
    private static final String UNBILLED = "d2111000-0000-4000-8000-000000000001";
    private static final String DOUBLE = "d2111000-0000-4000-8000-000000000002";
    /** 50,000 with the full number of rounds. */
    private static final int WELL = 2_500 * Integer.getInteger("usageflow.fault.rounds", 2);

    private static final BigDecimal FEE_OF_WELL = new BigDecimal("0.1");
    private static final Duration HELD = Duration.ofMinutes(4);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @AutoClose
    private PageShell shell;

    private RunbookPage page;
    private PageCommands commands;

    @BeforeEach
    void start() throws IOException {
        page = RunbookPage.read(PAGE);
        shell = new PageShell(folder, START, Map.of());
        commands = new PageCommands(
                shell, page.commands().values().stream().flatMap(List::stream).toList());
    }

    @Test
    void shouldFindHoldAndCorrectEachCauseAndBillEachEventOnce() throws Exception {
        commands.skip(START);
        prepare();
        publish();
        correctAtCredyt();
        correctEvents();
        seeFees();
        correctFees();
        prove();
        commands.assertAllRun();
    }

    private void prepare() throws Exception {
        shell.file("drill-seed.json", block("json", "\"products\""));
        shell.file("drill-links.csv", block("csv", "account,"));
        String wrong = block("json", "\"typo\"");
        StringBuilder usage = new StringBuilder(wrong.lines()
                .filter(line -> !line.contains("\"well-1\""))
                .map(line -> line + "\n")
                .reduce("", String::concat));
        assertThat(usage.toString().lines()).hasSize(5);
        for (int number = 1; number <= WELL; number++) {
            usage.append("{\"id\":\"well-")
                    .append(number)
                    .append("\",\"event_type\":\"drill_message\",\"account_id\":\"well\",\"data\":{\"model\":\"small\","
                            + "\"tokens\":10}}\n");
        }
        shell.file("drill-usage.jsonl", usage.toString());
        shell.file("drill-late.jsonl", block("json", "\"drill_search\",\"account_id\""));
        shell.fileNames("drill-report.csv");
        commands.run("curl -sX POST --data @drill-seed.json http://127.0.0.1:8090/__sandbox/seed", 0);
        assertThat(commands.run("usageflow links import drill-links.csv --apply", 0))
                .contains("written 6, failed 0");
    }

    private void publish() throws Exception {
        assertThat(commands.run("usageflow publish --input drill-usage.jsonl", 0))
                .contains("Credyt would not bill 5 of " + grouped(WELL + 5) + " events")
                .contains("published " + (WELL + 5) + ",");
        assertThat(commands.run("usageflow catalogue check --from 1h", 1))
                .contains(
                        "NO_PRICE_FOR_EVENT_TYPE",
                        "did you mean drill_message?",
                        "VOLUME_MISSING",
                        "it has data.token",
                        "DIMENSION_WITHOUT_PRICE",
                        "PRODUCT_NOT_SUBSCRIBED",
                        "SUBSCRIPTION_PENDING")
                .contains("Credyt does not bill 5 events");
        commands.until(
                "usageflow parked list", shown -> List.of("typo", "volume", "model", "unsubscribed", "pending").stream()
                        .allMatch(account -> shown.contains(account)));
        awaitAtCredyt("well", "well-" + WELL);
        assertThat(eventIds()).hasSize(WELL);
    }

    private void correctAtCredyt() throws Exception {
        commands.run("usageflow links put --account unsubscribed --customer-external-id drill_paid", 0);
        String customer = commands.run(
                "curl -s -H 'X-CREDYT-API-KEY: dev' 'http://127.0.0.1:8090/customers?external_id=drill_pending'", 0);
        shell.replace(
                "SUBSCRIPTION_ID",
                JSON.readTree(customer).path("subscriptions").path(0).path("id").textValue());
        commands.run("curl -sX POST http://127.0.0.1:8090/__sandbox/subscriptions/SUBSCRIPTION_ID/pay", 0);
        awaitAtCredyt("unsubscribed", "unsubscribed");
        awaitAtCredyt("pending", "pending");
    }

    private void correctEvents() throws Exception {
        commands.until(
                "usageflow dead-letters list --reason NOT_BILLABLE",
                HELD,
                shown -> List.of(" typo ", " volume ", " model ").stream().allMatch(shown::contains));
        assertThat(eventIds())
                .as("what is held reaches Credyt only when it is billed")
                .hasSize(WELL + 2);
        commands.run(
                "usageflow dead-letters replay --account typo --set event_type=drill_message --apply --why 'the drill'",
                0);
        commands.run(
                "usageflow dead-letters replay --account volume --set data.tokens=10 --apply --why 'the drill'", 0);
        commands.run(
                "usageflow dead-letters replay --account model --set data.model=small --apply --why 'the drill'", 0);
        assertThat(commands.run("usageflow dead-letters list --reason NOT_BILLABLE --state any", 0))
                .contains("replayed");
        for (String event : List.of("typo", "volume", "model")) {
            awaitAtCredyt(event, event);
        }
    }

    private void seeFees() throws Exception {
        commands.run("usageflow publish --input drill-late.jsonl --unbillable refuse", 0);
        awaitAtCredyt("well", UNBILLED);
        awaitAtCredyt("well", DOUBLE);
        commands.run("curl -sX DELETE http://127.0.0.1:8090/__sandbox/events/" + UNBILLED + "/fees", 0);
        commands.run("curl -sX POST http://127.0.0.1:8090/__sandbox/events/" + DOUBLE + "/fees", 0);
        String metrics = commands.until(
                "curl -s http://127.0.0.1:8080/metrics",
                shown -> samples(shown, "unbilled") + samples(shown, "fees_double") == 2);
        assertThat(List.of("unbilled", "fees_double", "fees_differ", "not_found"))
                .extracting(result -> samples(metrics, result))
                .as("findings of the sampler")
                .containsExactly(1L, 1L, 0L, 0L);
        assertThat(samples(metrics, "billed")).as("the first of other kinds").isGreaterThanOrEqualTo(2);
        assertThat(commands.run("usageflow trace " + UNBILLED + " --credyt", 0)).contains("UNBILLED: ");
        assertThat(commands.run("usageflow trace " + DOUBLE + " --credyt", 0)).contains("FEES_DOUBLE: ");
    }

    private static long samples(String metrics, String result) {
        String name = "usageflow_billing_samples_events_total{result=\"" + result + "\"} ";
        return metrics.lines()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(name.length())))
                .sum();
    }

    private void correctFees() throws Exception {
        String found = commands.run("usageflow reconcile --from 1h --rate 1000 --report drill-report.csv", 1);
        assertThat(found)
                .contains("UNBILLED", UNBILLED, "FEES_DOUBLE", DOUBLE)
                .contains("NOT CLEAN: 2 of " + grouped(WELL + 7) + " events");
        assertThat(commands.run("usageflow remedy drill-report.csv", 0)).contains("WOULD_SEND", "WOULD_ADJUST");
        assertThat(eventIds()).hasSize(WELL + 7);
        assertThat(commands.run("usageflow remedy drill-report.csv --apply --why 'the drill'", 0))
                .contains("SENT", "ADJUSTED");
        await().atMost(PageShell.SOON).until(() -> eventIds().size() == WELL + 8);
    }

    private void prove() throws Exception {
        assertThat(commands.run("usageflow parked list", 0)).contains("Nothing waits");
        await().atMost(PageShell.SOON)
                .until(() -> shell.run("usageflow ledger").output().matches("(?s).*\ntotal( +[0-9,]+){5} +0 .*"));
        assertThat(commands.run("usageflow ledger", 0)).contains("the books balance");
        assertThat(commands.run("usageflow reconcile --from 1h --rate 1000", 0)).contains("clean:");
        assertThat(commands.run("usageflow catalogue check --from 1h", 1)).contains("Credyt does not bill 3 events");
        JsonNode customers = JSON.readTree(commands.run("curl -s http://127.0.0.1:8090/__sandbox/stats", 0))
                .path("by_customer");
        // All that are well, three corrected and one linked late; a summary that was sent again; a search and its
        // second fee, whose adjustment is no fee.
        assertThat(customers.path("drill_paid").path("fees").path("USD").decimalValue())
                .isEqualByComparingTo(FEE_OF_WELL
                        .multiply(BigDecimal.valueOf(WELL + 4))
                        .add(new BigDecimal("0.2"))
                        .add(new BigDecimal("0.6")));
        assertThat(customers.path("drill_pending").path("fees").path("USD").decimalValue())
                .isEqualByComparingTo("0.5");
    }

    private String block(String language, String contained) {
        Matcher blocks = Pattern.compile("(?s)```" + language + "\n(.*?)```").matcher(page.text());
        while (blocks.find()) {
            if (blocks.group(1).contains(contained)) {
                return blocks.group(1);
            }
        }
        throw new AssertionError("the page has no block of " + language + " with " + contained);
    }

    private static String grouped(int number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private JsonNode eventIds() throws IOException {
        return JSON.readTree(Http.get(shell.credyt() + "/__sandbox/event-ids"));
    }

    private void awaitAtCredyt(String account, String id) {
        await(id).atMost(HELD).until(() -> Http.get(shell.credyt() + "/__sandbox/event-ids")
                .contains(CredytIds.ofEvent(account, id).toString()));
    }
}
