package io.usageflow.forwarder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.usageflow.forwarder.capacity.IdCapacity;
import io.usageflow.forwarder.capacity.PipelineLoad;
import io.usageflow.forwarder.config.AdmissionSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

/** The tables of docs/capacity.md are what the calculators say. */
class CapacityPageTest {
    private static final List<IdCapacity> ROWS = List.of(
            new IdCapacity(10, Duration.ofDays(35)),
            new IdCapacity(100, Duration.ofDays(35)),
            new IdCapacity(1_000, Duration.ofDays(35)),
            new IdCapacity(50_000, Duration.ofDays(35)),
            new IdCapacity(50_000, Duration.ofDays(3)));

    private static final List<PipelineLoad> LOADS =
            List.of(new PipelineLoad(10), new PipelineLoad(100), new PipelineLoad(1_000), new PipelineLoad(50_000));

    @Test
    void shouldHaveTheRowsOfTheCalculators() throws IOException {
        String page = Files.readString(RepositoryFiles.ROOT.resolve("docs/capacity.md"));
        assertThat(page.lines())
                .containsSubsequence(ROWS.stream().map(CapacityPageTest::row).toList())
                .containsSubsequence(LOADS.stream().map(CapacityPageTest::row).toList());
    }

    /** Transactions, of which there are hardly more at a higher rate, and not events cost most at ordinary rates. */
    @Test
    void shouldTakeLessForEachEventTheMoreThereAre() {
        for (int i = 1; i < LOADS.size(); i++) {
            PipelineLoad few = LOADS.get(i - 1);
            PipelineLoad many = LOADS.get(i);
            double times = (double) many.eventsPerSecond() / few.eventsPerSecond();
            assertThat(many.forwarderCores() / few.forwarderCores()).isBetween(1.0, times);
            assertThat(many.brokerCores() / few.brokerCores()).isBetween(1.0, times);
            assertThat(many.logBytes() / few.logBytes()).isBetween(1.0, times);
        }
    }

    @Test
    void shouldLieBetweenTheMeasuredRates() {
        assertThat(new PipelineLoad(55).forwarderCores())
                .isCloseTo(
                        (new PipelineLoad(10).forwarderCores() + new PipelineLoad(100).forwarderCores()) / 2,
                        within(1e-9));
        assertThat(new PipelineLoad(2_000).logBytes() - new PipelineLoad(1_000).logBytes())
                .isEqualTo(1_000 * 624.0);
    }

    /** The promise: an event 34 days old, at 1,000 events/s, is among the ids that one instance remembers by default. */
    @Test
    void shouldHoldThePromiseWithTheDefaultBound() {
        IdCapacity promise = new IdCapacity(1_000, Duration.ofDays(35));
        assertThat(promise.partitions()).isEqualTo(6);
        assertThat(promise.idsPerPartition())
                .isLessThanOrEqualTo((long) AdmissionSettings.define(new ConfigDef())
                        .defaultValues()
                        .get("admission.dedup.ids.max"))
                .isGreaterThan(1_000 * Duration.ofDays(34).toSeconds() / 6);
    }

    private static String row(PipelineLoad load) {
        return String.format(
                Locale.ROOT,
                "| %,d | %.2f | %.2f | %,d kB/s | %,d GB | %.1f MB/s |",
                load.eventsPerSecond(),
                load.forwarderCores(),
                load.brokerCores(),
                Math.round(load.logBytes() / 1e3),
                Math.round(load.logBytes() * Duration.ofDays(1).toSeconds() / 1e9),
                load.brokerNetworkBytes() / 1e6);
    }

    private static String row(IdCapacity need) {
        return String.format(
                Locale.ROOT,
                "| %,d | %d days | %,d million | %,d GB | %,.1f GB | %,d MiB | %,d GB | %d | %s |",
                need.eventsPerSecond(),
                need.window().toDays(),
                Math.round(need.ids() / 1e6),
                Math.round(need.diskBytes() / 1e9),
                need.filterBytes() / 1e9,
                need.heapBytes() >> 20,
                Math.round(need.changelogBytes() / 1e9),
                need.partitions(),
                time(need.restore()));
    }

    private static String time(Duration time) {
        if (time.toMinutes() < 2) {
            return time.toSeconds() + " s";
        }
        return time.toHours() < 3 ? time.toMinutes() + " min" : time.toHours() + " h";
    }
}
