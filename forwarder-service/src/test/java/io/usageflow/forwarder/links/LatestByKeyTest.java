package io.usageflow.forwarder.links;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatestByKeyTest {
    private record Entry(String key, String value) {}

    private final AtomicInteger readings = new AtomicInteger();

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 100, 10_000})
    void shouldGiveTheNewestOfEachKeyWhateverFitsIntoMemory(int keysMax) {
        var random = new Random(7);
        var log = new ArrayList<Entry>();
        Map<String, String> expected = new HashMap<>();
        for (int n = 0; n < 3_000; n++) {
            String key = "acct_" + random.nextInt(500);
            boolean removal = random.nextInt(4) == 0;
            log.add(new Entry(key, removal ? "" : "value-" + n));
            if (removal) {
                expected.remove(key);
            } else {
                expected.put(key, "value-" + n);
            }
        }

        var found = new ArrayList<String>();
        new LatestByKey(keysMax).of(reading(log), found::add);

        assertThat(found).containsExactlyInAnyOrderElementsOf(expected.values());
    }

    @Test
    void shouldReadOnceWhereTheKeysFit() {
        List<Entry> log = List.of(new Entry("b", "1"), new Entry("a", "2"), new Entry("b", "3"));

        var found = new ArrayList<String>();
        new LatestByKey(2).of(reading(log), found::add);

        assertThat(found).containsExactly("2", "3");
        assertThat(readings).hasValue(1);
    }

    /** Accounts are names that strangers choose, and 4,096 texts of 24 letters easily share a hash of Java's. */
    @Test
    void shouldDivideKeysThatWereChosenToShareAHash() {
        var log = new ArrayList<Entry>();
        for (int n = 0; n < 4_096; n++) {
            StringBuilder key = new StringBuilder();
            for (int bit = 0; bit < 12; bit++) {
                key.append((n >> bit & 1) == 0 ? "Aa" : "BB");
            }
            log.add(new Entry(key.toString(), "value-" + n));
        }
        assertThat(log.get(4_095).key().hashCode()).isEqualTo(log.get(0).key().hashCode());

        var found = new ArrayList<String>();
        new LatestByKey(1_000).of(reading(log), found::add);

        assertThat(found).hasSize(4_096);
        assertThat(readings.get()).as("no part holds more than it may").isBetween(5, 20);
    }

    @Test
    void shouldReadAFewTimesWhereTheyDoNot() {
        var log = new ArrayList<Entry>();
        for (int n = 0; n < 8_000; n++) {
            log.add(new Entry("account-%08d".formatted(n), "value"));
        }

        new LatestByKey(1_000).of(reading(log), value -> {});

        // Halves of halves: 8 parts at best, 16 where they are not quite even.
        assertThat(readings.get()).isBetween(8, 16);
    }

    private LatestByKey.Log<String> reading(List<Entry> log) {
        return entries -> {
            readings.incrementAndGet();
            for (Entry entry : log) {
                if (entry.value().isEmpty()) {
                    entries.removed(entry.key());
                } else {
                    entries.put(entry.key(), entry.value());
                }
            }
        };
    }
}
