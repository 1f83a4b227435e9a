package io.usageflow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
    private static final String START =
            "USAGEFLOW_ADMISSION_UNBILLABLE=hold USAGEFLOW_ADMISSION_PARKED_MAX_AGE=90s usageflow dev --forwarder";
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
                .contains("5 events are not billed");
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

    private void correctFees() throws Exception {
        shell.replace("UNBILLED_ID", CredytIds.ofEvent("well", "well-1").toString());
        shell.replace("DOUBLE_ID", CredytIds.ofEvent("well", "well-2").toString());
        commands.run("curl -sX DELETE http://127.0.0.1:8090/__sandbox/events/UNBILLED_ID/fees", 0);
        commands.run("curl -sX POST http://127.0.0.1:8090/__sandbox/events/DOUBLE_ID/fees", 0);
        String found = commands.run("usageflow reconcile --from 1h --rate 1000 --report drill-report.csv", 1);
        assertThat(found)
                .contains("UNBILLED", "well-1", "FEES_DOUBLE", "well-2")
                .contains("NOT CLEAN: 2 of " + grouped(WELL + 5) + " events");
        assertThat(commands.run("usageflow remedy drill-report.csv", 0)).contains("WOULD_SEND", "WOULD_ADJUST");
        assertThat(eventIds()).hasSize(WELL + 5);
        assertThat(commands.run("usageflow remedy drill-report.csv --apply --why 'the drill'", 0))
                .contains("SENT", "ADJUSTED");
        await().atMost(PageShell.SOON).until(() -> eventIds().size() == WELL + 6);
    }

    private void prove() throws Exception {
        assertThat(commands.run("usageflow parked list", 0)).contains("Nothing waits");
        await().atMost(PageShell.SOON)
                .until(() -> shell.run("usageflow ledger").output().matches("(?s).*\ntotal( +[0-9,]+){5} +0 .*"));
        assertThat(commands.run("usageflow ledger", 0)).contains("the books balance");
        assertThat(commands.run("usageflow reconcile --from 1h --rate 1000", 0)).contains("clean:");
        assertThat(commands.run("usageflow catalogue check --from 1h", 1)).contains("3 events are not billed");
        JsonNode customers = JSON.readTree(commands.run("curl -s http://127.0.0.1:8090/__sandbox/stats", 0))
                .path("by_customer");
        // All that are well, three corrected, one linked late, and the second fee of one, whose adjustment is no fee.
        assertThat(customers.path("drill_paid").path("fees").path("USD").decimalValue())
                .isEqualByComparingTo(FEE_OF_WELL.multiply(BigDecimal.valueOf(WELL + 4 + 1)));
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
