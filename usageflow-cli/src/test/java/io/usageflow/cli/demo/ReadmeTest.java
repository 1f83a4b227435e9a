package io.usageflow.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.cli.demo.DemoReport.DemoTable;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** README shows the table that the demo prints, with figures that the demo's input demands. */
class ReadmeTest {
    private static final Pattern LINE = Pattern.compile("(?m)^ +(\\S.*?) {2,}([\\d,.]+)(?: +([\\d,.]+|any|some))?$");

    @Test
    void shouldShowTheTableOfTheDemo() throws IOException {
        String readme = Files.readString(Path.of("..", "README.md"));
        int from = readme.indexOf("  THE PIPELINE'S BOOKS");
        String table = readme.substring(from, readme.indexOf("```", from));
        Map<String, String> shown = figures(table);

        assertThat(DemoTable.of(report(table, shown)).strip()).isEqualTo(table.strip());

        var options = new DemoOptions(List.of(), OptionalInt.empty(), DemoOptions.ACCOUNTS, OptionalDouble.empty());
        var rows = options.trace().rows();
        var expected = Expectation.of(rows, new Assignment(DemoOptions.ACCOUNTS));
        assertThat(count(shown, "events")).isEqualTo(rows.size());
        assertThat(new BigDecimal(shown.get("fees, USD"))).isEqualByComparingTo(expected.fees());
        assertThat(new BigDecimal(shown.get("costs, USD"))).isEqualByComparingTo(expected.costs());
    }

    private static Map<String, String> figures(String table) {
        Map<String, String> figures = new LinkedHashMap<>();
        Matcher line = LINE.matcher(table);
        while (line.find()) {
            figures.put(line.group(1), line.group(2));
        }
        return figures;
    }

    private static DemoReport report(String table, Map<String, String> shown) {
        Map<String, Long> admission = new LinkedHashMap<>();
        Map<String, Long> delivery = new LinkedHashMap<>();
        int delivered = table.indexOf("delivered to Credyt");
        Matcher reason = Pattern.compile("dead letters: (\\w+) +(\\d+)").matcher(table);
        while (reason.find()) {
            (reason.start() < delivered ? admission : delivery).put(reason.group(1), Long.parseLong(reason.group(2)));
        }
        return new DemoReport(
                count(shown, "published (acknowledged by Kafka)"),
                count(shown, "received by admission"),
                count(shown, "admitted"),
                count(shown, "duplicates"),
                count(shown, "(rerouted on the way)"),
                count(shown, "parked, waiting for a link"),
                count(shown, "delivered to Credyt"),
                count(shown, "in flight"),
                new DemoReport.DeadLetterCounts(admission, delivery),
                count(shown, "delivered to Credyt"),
                true,
                new DemoReport.Sandbox(
                        count(shown, "events"),
                        count(shown, "ids sent again"),
                        count(shown, "with other content"),
                        count(shown, "outage refusals"),
                        shown.get("fees, USD"),
                        shown.get("costs, USD")),
                new DemoReport.Expected(count(shown, "events"), shown.get("fees, USD"), shown.get("costs, USD")),
                1,
                1,
                List.of(),
                List.of());
    }

    private static long count(Map<String, String> shown, String name) {
        return Long.parseLong(shown.get(name).replace(",", ""));
    }
}
