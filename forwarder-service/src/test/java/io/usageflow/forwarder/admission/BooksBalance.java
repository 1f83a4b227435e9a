package io.usageflow.forwarder.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.ledger.LedgerBalance;
import java.util.Map;
import java.util.TreeMap;

/**
 * Guarantee: what the ledger says of each partition is what a recount of its topics gives, counter by counter; and the
 * sums are what was published.
 */
final class BooksBalance {
    private BooksBalance() {}

    static void check(Published published, Standing standing, LedgerBalance ledger) {
        Map<Integer, Map<String, Long>> said = new TreeMap<>();
        ledger.partitions().forEach(partition -> {
            Map<String, Long> counters = new TreeMap<>(partition.admission());
            counters.values().removeIf(count -> count == 0);
            said.put(partition.partition(), counters);
        });
        assertThat(said).as("ledger against recount; %s", published).isEqualTo(standing.books);
        assertThat(ledger.findings()).as(published.toString()).isEmpty();
        Map<String, Long> expected = new TreeMap<>(Map.of(
                "received", published.toBeReceived(),
                "admitted", Published.count(published.toBeAdmitted()),
                "parked", Published.count(published.toBeParked()),
                "duplicate", published.repeats(),
                "rerouted", published.misplaced(),
                "dead_lettered",
                        (long) published.conflicts().size() + published.poison().size(),
                "dead_lettered.ID_CONFLICT", (long) published.conflicts().size(),
                "dead_lettered.UNDECODABLE", (long) published.poison().size()));
        expected.values().removeIf(count -> count == 0);
        Map<String, Long> totals = new TreeMap<>(ledger.totals(LedgerBalance.ADMISSION));
        totals.values().removeIf(count -> count == 0);
        assertThat(totals)
                .as("ledger against what was published; %s", published)
                .isEqualTo(expected);
    }
}
