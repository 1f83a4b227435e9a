package io.usageflow.forwarder.ledger;

import io.usageflow.forwarder.ledger.InFlight.Problem;
import io.usageflow.forwarder.ledger.LedgerBalance.Finding;
import io.usageflow.forwarder.ledger.LedgerBalance.PartitionBalance;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The balance as {@code ledger --json} shows it. Immutable.
 *
 * @param readAt when the ledger was read
 * @param expiredKnown empty where nothing is acknowledged
 */
public record LedgerDocument(
        Instant readAt,
        boolean balanced,
        Optional<Long> expiredKnown,
        Total total,
        List<PartitionBalance> partitions,
        List<Finding> findings,
        Optional<Long> oldestInFlightAgeSeconds,
        List<Problem> inFlightProblems) {
    public record Total(Map<String, Long> admission, Map<String, Long> delivery, long inFlight) {}

    public static LedgerDocument of(LedgerBalance balance, InFlight inFlight, Duration oldestMax, Instant readAt) {
        return new LedgerDocument(
                readAt,
                balance.isBalanced(),
                Optional.of(balance.knownExpired()).filter(known -> known > 0),
                new Total(
                        balance.totals(LedgerBalance.ADMISSION),
                        balance.totals(LedgerBalance.DELIVERY),
                        balance.inFlight()),
                balance.partitions(),
                balance.findings(),
                inFlight.oldest().map(Duration::toSeconds),
                inFlight.problems(oldestMax));
    }
}
