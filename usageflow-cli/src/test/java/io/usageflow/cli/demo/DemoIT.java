package io.usageflow.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** The whole pipeline, with everything that goes wrong in practice. */
class DemoIT {
    private static final int ACCOUNTS = 20;
    private static final int REQUESTS = 600;

    @Test
    void shouldBillEveryRequestOnceWhateverGoesWrong() {
        DemoOptions options = new DemoOptions(List.of(), OptionalInt.of(REQUESTS), ACCOUNTS, OptionalDouble.empty());
        List<String> progress = new ArrayList<>();

        DemoReport report;
        try (Demo demo = Demo.start(ACCOUNTS)) {
            report = demo.run(options.trace(), options, progress::add);
        }

        assertThat(report.disagreements()).describedAs(report.toString()).isEmpty();
        assertThat(report.balanced()).isTrue();
        assertThat(report.sandbox().events()).isEqualTo(REQUESTS);
        assertThat(report.sandbox().fees()).isEqualTo(report.expected().fees()).isNotEqualTo("0");
        assertThat(report.sandbox().costs())
                .isEqualTo(report.expected().costs())
                .isNotEqualTo("0");
        assertThat(report.duplicates()).isPositive();
        assertThat(report.rerouted()).isPositive();
        assertThat(report.parked()).isPositive();
        assertThat(report.deadLetters().admission()).containsKeys("ID_CONFLICT", "UNDECODABLE", "TOO_OLD");
        assertThat(report.deadLetters().delivery()).containsOnlyKeys("REJECTED", "CUSTOMER_UNKNOWN");
        assertThat(progress).anyMatch(line -> line.contains("requests met the outage"));
    }
}
