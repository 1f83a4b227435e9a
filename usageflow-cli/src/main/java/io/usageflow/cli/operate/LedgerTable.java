package io.usageflow.cli.operate;

import io.usageflow.cli.command.Table;
import io.usageflow.forwarder.ledger.InFlight;
import io.usageflow.forwarder.ledger.LedgerBalance;
import io.usageflow.forwarder.ledger.LedgerBalance.PartitionBalance;
import io.usageflow.forwarder.ledger.LedgerCounter;
import io.usageflow.schema.text.CountText;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.stream.Collectors;

/** The ledger as text: a row per partition, the total, and notes on the figures. Pure. */
final class LedgerTable {
    private LedgerTable() {}

    static List<String> of(LedgerBalance balance, InFlight inFlight, Duration oldestMax) {
        if (balance.partitions().isEmpty() && balance.isBalanced()) {
            return List.of(
                    "nothing was counted yet: the forwarder writes the ledger when it has received its first event");
        }
        var table = new Table(
                "PARTITION",
                "RECEIVED",
                "ADMITTED",
                "DUPLICATE",
                "DEAD-LETTERED",
                "PARKED",
                "IN FLIGHT",
                "SETTLED",
                "DELIVERED",
                "DEAD-LETTERED",
                "BALANCED");
        for (PartitionBalance each : balance.partitions()) {
            boolean found = balance.openFindings().stream()
                    .anyMatch(finding -> finding.kind() != LedgerBalance.Finding.Kind.UNREADABLE
                            && finding.partition() == each.partition());
            row(table, Integer.toString(each.partition()), each.admission(), each.inFlight(), each.delivery(), !found);
        }
        Map<String, Long> admission = balance.totals(LedgerBalance.ADMISSION);
        Map<String, Long> delivery = balance.totals(LedgerBalance.DELIVERY);
        row(table, "total", admission, balance.inFlight(), delivery, balance.isBalanced());
        var lines = new ArrayList<>(table.lines());
        lines.add("");
        lines.addAll(behind(admission, delivery));
        inFlight.oldest()
                .ifPresent(age -> lines.add("the oldest event in flight was admitted " + age.toSeconds() + " s ago"));
        lines.add(verdict(balance));
        inFlight.problems(oldestMax).forEach(problem -> lines.add("EVENTS ARE LATE OR GONE: " + problem.text()));
        return lines;
    }

    /** The totals in one line, for {@code --watch}. */
    static String line(LedgerBalance balance, Instant now) {
        Map<String, Long> admission = balance.totals(LedgerBalance.ADMISSION);
        Map<String, Long> delivery = balance.totals(LedgerBalance.DELIVERY);
        return now.truncatedTo(ChronoUnit.SECONDS) + "  received " + count(admission, LedgerCounter.RECEIVED)
                + "  duplicate " + count(admission, LedgerCounter.DUPLICATE) + "  parked "
                + count(admission, LedgerCounter.PARKED) + "  in flight " + CountText.of(balance.inFlight())
                + "  delivered "
                + count(delivery, LedgerCounter.DELIVERED) + "  dead-lettered "
                + CountText.of(balance.total(LedgerBalance.ADMISSION, LedgerCounter.DEAD_LETTERED)
                        + balance.total(LedgerBalance.DELIVERY, LedgerCounter.DEAD_LETTERED))
                + (balance.isBalanced() ? "  balanced" : "  NOT BALANCED");
    }

    private static void row(
            Table table,
            String name,
            Map<String, Long> admission,
            long inFlight,
            Map<String, Long> delivery,
            boolean balanced) {
        table.row(
                name,
                count(admission, LedgerCounter.RECEIVED),
                count(admission, LedgerCounter.ADMITTED),
                count(admission, LedgerCounter.DUPLICATE),
                count(admission, LedgerCounter.DEAD_LETTERED),
                count(admission, LedgerCounter.PARKED),
                CountText.of(inFlight),
                count(delivery, LedgerCounter.RECEIVED),
                count(delivery, LedgerCounter.DELIVERED),
                count(delivery, LedgerCounter.DEAD_LETTERED),
                balanced ? "yes" : "NO");
    }

    private static List<String> behind(Map<String, Long> admission, Map<String, Long> delivery) {
        var lines = new ArrayList<String>();
        reasons(lines, "dead letters of admission: ", admission);
        reasons(lines, "dead letters of delivery: ", delivery);
        say(lines, admission, LedgerCounter.REPLAYED, " of the received were sent again by replays or repairs");
        say(lines, admission, LedgerCounter.REROUTED, " came in the wrong partition and are counted in the right one");
        say(lines, delivery, LedgerCounter.ALREADY_KNOWN, " of the delivered were already known to Credyt");
        say(lines, admission, LedgerCounter.EXPIRED_UNREAD, " records expired unread before admission read them");
        say(lines, delivery, LedgerCounter.EXPIRED_UNREAD, " records expired unread before delivery read them");
        say(
                lines,
                admission,
                LedgerCounter.LOG_REPLACED,
                " times a topic was another log: admission began at its start");
        say(lines, delivery, LedgerCounter.LOG_REPLACED, " times a topic was another log: delivery began at its start");
        return lines;
    }

    private static void reasons(List<String> lines, String before, Map<String, Long> counters) {
        String prefix = LedgerCounter.DEAD_LETTERED.key() + ".";
        String reasons = counters.entrySet().stream()
                .filter(counter -> counter.getKey().startsWith(prefix) && counter.getValue() != 0)
                .sorted(Entry.comparingByKey())
                .map(counter -> counter.getKey().substring(prefix.length()) + " " + CountText.of(counter.getValue()))
                .collect(Collectors.joining(", "));
        if (!reasons.isEmpty()) {
            lines.add(before + reasons);
        }
    }

    private static void say(List<String> lines, Map<String, Long> counters, LedgerCounter counter, String what) {
        if (counters.getOrDefault(counter.key(), 0L) != 0) {
            lines.add(count(counters, counter) + what);
        }
    }

    private static String verdict(LedgerBalance balance) {
        if (balance.isBalanced()) {
            return "the books balance: every event received is delivered, dead-lettered, a duplicate,"
                    + " parked or in flight"
                    + (balance.expiredUnread() == 0
                            ? ""
                            : "; " + CountText.of(balance.expiredUnread()) + " expired unread, within --expired-known "
                                    + balance.knownExpired());
        }
        return "THE BOOKS DO NOT BALANCE: "
                + balance.openFindings().stream()
                        .map(LedgerBalance.Finding::text)
                        .collect(Collectors.joining("; "));
    }

    private static String count(Map<String, Long> counters, LedgerCounter counter) {
        return CountText.of(counters.getOrDefault(counter.key(), 0L));
    }
}
