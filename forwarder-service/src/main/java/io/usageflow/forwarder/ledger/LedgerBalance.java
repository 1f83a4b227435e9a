package io.usageflow.forwarder.ledger;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import io.usageflow.schema.LedgerEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Whether the books balance: in each partition, the input of each stage is its output plus what waits in the stage, and
 * delivery got no more than admission handed on. Pure; immutable.
 *
 * <p>Admission publishes its counters once a second and delivery with every settlement, so entries read in full flow
 * can show delivery a moment ahead of admission ({@link Finding.Kind#AHEAD}). That is an imbalance only where it
 * stays: {@link LedgerReader#settled} reads again before it says so.
 *
 * <p>Records that expired unread stand in no equation, since nothing counted them. They are a finding of their own,
 * which stays. An operator acknowledges a number of them ({@link #withKnownExpired}): up to that number the finding is
 * shown and the books balance.
 *
 * @param partitions of all that have an entry, in order
 * @param findings what does not balance, and acknowledged findings; empty where all balances
 * @param knownExpired how many records that expired unread the operator acknowledges
 */
public record LedgerBalance(List<PartitionBalance> partitions, List<Finding> findings, long knownExpired) {
    public static final String ADMISSION = "admission";
    public static final String DELIVERY = "delivery";

    public LedgerBalance {
        partitions = List.copyOf(partitions);
        findings = List.copyOf(findings);
    }

    /**
     * One partition's figures.
     *
     * @param admission counters by name; empty where the stage has published nothing
     * @param delivery likewise
     */
    public record PartitionBalance(int partition, Map<String, Long> admission, Map<String, Long> delivery) {
        public PartitionBalance {
            admission = Collections.unmodifiableSortedMap(new TreeMap<>(admission));
            delivery = Collections.unmodifiableSortedMap(new TreeMap<>(delivery));
        }

        /** Admitted, and not yet settled by delivery. */
        @JsonProperty
        public long inFlight() {
            return count(admission, LedgerCounter.ADMITTED) - count(delivery, LedgerCounter.RECEIVED);
        }
    }

    /**
     * Something that does not balance.
     *
     * @param difference what came in less what is accounted for; never 0
     */
    public record Finding(Kind kind, String stage, int partition, long difference) {
        /** Which equation is broken. */
        public enum Kind {
            /** received = the sum of the outcomes. */
            OUTCOMES,
            /** dead-lettered = the sum over its reasons. */
            REASONS,
            /** Delivery settled more than admission has published as admitted. */
            AHEAD,
            /** Kafka deleted records before the stage read them; the difference is how many, at most. */
            EXPIRED_UNREAD,
            /** Records of the ledger's topic that cannot be read, and that no later one has replaced. */
            UNREADABLE;

            @JsonValue
            String word() {
                return name().toLowerCase(Locale.ROOT);
            }
        }

        /** One sentence for people: stage, partition and by how much. */
        @JsonProperty
        public String text() {
            return switch (kind) {
                case OUTCOMES ->
                    stage + ", partition " + partition + ": received is " + amount() + " than the sum of its outcomes";
                case REASONS ->
                    stage + ", partition " + partition + ": dead_lettered is " + amount()
                            + " than the sum over its reasons";
                case AHEAD ->
                    stage + ", partition " + partition + ": settled " + -difference
                            + " more than admission has published as admitted";
                case EXPIRED_UNREAD ->
                    stage + ", partition " + partition + ": Kafka deleted " + difference
                            + " records before they were read (docs/runbook.md, Events expired unread)";
                case UNREADABLE ->
                    stage + ", partition " + partition + ": " + difference
                            + " records cannot be read (event=ledger_entry_unreadable in the log names"
                            + " each), so the books"
                            + " prove nothing: restore the registry's schemas where they are lost; what"
                            + " is no entry leaves"
                            + " with an empty value under its key";
            };
        }

        private String amount() {
            return Math.abs(difference) + (difference > 0 ? " more" : " less");
        }
    }

    /** Of the newest entry of each stage and partition; where there are several of one, the last counts. */
    public static LedgerBalance of(Collection<LedgerEntry> entries) {
        return of(entries, List.of());
    }

    /** @param unreadable what was found when the entries were read */
    static LedgerBalance of(Collection<LedgerEntry> entries, List<Finding> unreadable) {
        Map<Integer, Map<String, Map<String, Long>>> byPartition = new TreeMap<>();
        for (LedgerEntry entry : entries) {
            if (!entry.getStage().equals(ADMISSION) && !entry.getStage().equals(DELIVERY)) {
                continue;
            }
            byPartition
                    .computeIfAbsent(entry.getPartition(), partition -> new TreeMap<>())
                    .put(entry.getStage(), entry.getCounters());
        }
        List<PartitionBalance> partitions = new ArrayList<>();
        List<Finding> findings = new ArrayList<>(unreadable);
        byPartition.forEach((partition, stages) -> {
            PartitionBalance balance = new PartitionBalance(
                    partition, stages.getOrDefault(ADMISSION, Map.of()), stages.getOrDefault(DELIVERY, Map.of()));
            partitions.add(balance);
            check(balance, findings);
        });
        return new LedgerBalance(partitions, findings, 0);
    }

    /**
     * While events flow: of admission's newest entries, and of delivery's of an earlier reading. Admission publishes
     * its counters once a second, so what delivery had settled longer ago than that must be among them by now.
     *
     * @param before delivery's entries are taken from these; none where there was no earlier reading
     */
    static LedgerBalance inFlow(Collection<LedgerEntry> now, Collection<LedgerEntry> before, List<Finding> unreadable) {
        return of(
                Stream.concat(
                                now.stream().filter(entry -> !entry.getStage().equals(DELIVERY)),
                                before.stream().filter(entry -> entry.getStage().equals(DELIVERY)))
                        .toList(),
                unreadable);
    }

    /** The same books, with this number of records that expired unread acknowledged. */
    public LedgerBalance withKnownExpired(long records) {
        return new LedgerBalance(partitions, findings, records);
    }

    /** Whether no finding is open. */
    public boolean isBalanced() {
        return openFindings().isEmpty();
    }

    /** The findings that are not acknowledged. */
    public List<Finding> openFindings() {
        return expiredUnread() > knownExpired
                ? findings
                : findings.stream()
                        .filter(finding -> finding.kind() != Finding.Kind.EXPIRED_UNREAD)
                        .toList();
    }

    /** Records that expired unread, over all stages and partitions. */
    public long expiredUnread() {
        return findings.stream()
                .filter(finding -> finding.kind() == Finding.Kind.EXPIRED_UNREAD)
                .mapToLong(Finding::difference)
                .sum();
    }

    /** Whether a second reading may balance, because this one was done in full flow. */
    public boolean mayBeMoving() {
        return findings.stream().anyMatch(finding -> finding.kind() == Finding.Kind.AHEAD)
                && findings.stream().allMatch(finding -> switch (finding.kind()) {
                    case AHEAD, UNREADABLE, EXPIRED_UNREAD -> true;
                    case OUTCOMES, REASONS -> false;
                });
    }

    /** A counter over all partitions. */
    public long total(String stage, LedgerCounter counter) {
        return totals(stage).getOrDefault(counter.key(), 0L);
    }

    /** All counters of a stage over all partitions, reasons included. */
    public Map<String, Long> totals(String stage) {
        Map<String, Long> totals = new TreeMap<>();
        for (PartitionBalance balance : partitions) {
            Map<String, Long> counters = stage.equals(ADMISSION) ? balance.admission() : balance.delivery();
            counters.forEach((name, value) -> totals.merge(name, value, Long::sum));
        }
        return totals;
    }

    /** Admitted, and not yet settled by delivery, over all partitions. */
    public long inFlight() {
        return partitions.stream().mapToLong(PartitionBalance::inFlight).sum();
    }

    private static void check(PartitionBalance balance, List<Finding> findings) {
        Map<String, Long> admission = balance.admission();
        Map<String, Long> delivery = balance.delivery();
        find(
                findings,
                Finding.Kind.OUTCOMES,
                ADMISSION,
                balance.partition(),
                count(admission, LedgerCounter.RECEIVED)
                        - count(admission, LedgerCounter.ADMITTED)
                        - count(admission, LedgerCounter.DUPLICATE)
                        - count(admission, LedgerCounter.DEAD_LETTERED)
                        - count(admission, LedgerCounter.PARKED));
        find(
                findings,
                Finding.Kind.OUTCOMES,
                DELIVERY,
                balance.partition(),
                count(delivery, LedgerCounter.RECEIVED)
                        - count(delivery, LedgerCounter.DELIVERED)
                        - count(delivery, LedgerCounter.DEAD_LETTERED));
        find(findings, Finding.Kind.REASONS, ADMISSION, balance.partition(), unexplained(admission));
        find(findings, Finding.Kind.REASONS, DELIVERY, balance.partition(), unexplained(delivery));
        find(findings, Finding.Kind.EXPIRED_UNREAD, ADMISSION, balance.partition(), expired(admission));
        find(findings, Finding.Kind.EXPIRED_UNREAD, DELIVERY, balance.partition(), expired(delivery));
        find(findings, Finding.Kind.AHEAD, DELIVERY, balance.partition(), Math.min(0, balance.inFlight()));
    }

    private static void find(List<Finding> findings, Finding.Kind kind, String stage, int partition, long difference) {
        if (difference != 0) {
            findings.add(new Finding(kind, stage, partition, difference));
        }
    }

    private static long expired(Map<String, Long> counters) {
        return count(counters, LedgerCounter.EXPIRED_UNREAD);
    }

    private static long unexplained(Map<String, Long> counters) {
        String reasons = LedgerCounter.DEAD_LETTERED.key() + ".";
        long explained = counters.entrySet().stream()
                .filter(counter -> counter.getKey().startsWith(reasons))
                .mapToLong(Map.Entry::getValue)
                .sum();
        return count(counters, LedgerCounter.DEAD_LETTERED) - explained;
    }

    private static long count(Map<String, Long> counters, LedgerCounter counter) {
        return counters.getOrDefault(counter.key(), 0L);
    }
}
