package io.usageflow.forwarder;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.capacity.IdCapacity;
import io.usageflow.forwarder.config.AdmissionSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

/** The table of docs/capacity.md is what the calculator says. */
class CapacityPageTest {
    private static final List<IdCapacity> ROWS = List.of(
            new IdCapacity(10, Duration.ofDays(35)),
            new IdCapacity(100, Duration.ofDays(35)),
            new IdCapacity(1_000, Duration.ofDays(35)),
            new IdCapacity(50_000, Duration.ofDays(35)),
            new IdCapacity(50_000, Duration.ofDays(3)));

    @Test
    void shouldHaveTheRowsOfTheCalculator() throws IOException {
        String page = Files.readString(RepositoryFiles.ROOT.resolve("docs/capacity.md"));
        assertThat(page.lines())
                .containsSubsequence(ROWS.stream().map(CapacityPageTest::row).toList());
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
