package io.usageflow.forwarder.delivery.partition;

import io.usageflow.forwarder.delivery.partition.SettledRecord.SettlementResult;
import io.usageflow.forwarder.kafka.LogId;
import io.usageflow.forwarder.ledger.LedgerCounter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Delivery's counters of one partition since its beginning. They travel as the metadata of the committed offset: what
 * commits the offset commits the counters, so they are exact whatever crashes. So does the log in which the offset stands:
 * in another log the same offset is another record. Immutable.
 *
 * @param byKey as in {@link LedgerCounter}; a key that is absent counts nothing
 * @param log unknown where an earlier version wrote it
 */
public record CommittedCounters(Map<String, Long> byKey, LogId log) {
    public static final CommittedCounters NONE = new CommittedCounters(Map.of());

    private static final String VERSION = "usageflow-delivery-1";

    /**
     * The log stands in the name of a counter that is 0: earlier versions, which take only counters, keep it as one more of
     * them.
     */
    private static final String LOG = "log:";

    public CommittedCounters {
        byKey = Map.copyOf(byKey);
    }

    public CommittedCounters(Map<String, Long> byKey) {
        this(byKey, LogId.UNKNOWN);
    }

    /** These counters, committed with an offset in that log. */
    public CommittedCounters in(LogId current) {
        return new CommittedCounters(byKey, current);
    }

    public CommittedCounters plus(LedgerCounter counter, long more) {
        Map<String, Long> sum = new TreeMap<>(byKey);
        sum.merge(counter.key(), more, Long::sum);
        return new CommittedCounters(sum, log);
    }

    public long count(String key) {
        return byKey.getOrDefault(key, 0L);
    }

    /** These counters and one record more of each result. */
    public CommittedCounters plus(Iterable<SettlementResult> results) {
        Map<SettlementResult, Long> tally = new HashMap<>();
        results.forEach(result -> tally.merge(result, 1L, Long::sum));
        Map<String, Long> sum = new TreeMap<>(byKey);
        tally.forEach((result, count) -> result.counters().forEach(key -> sum.merge(key, count, Long::sum)));
        return new CommittedCounters(sum, log);
    }

    /** For {@code OffsetAndMetadata}; far below the broker's default bound of 4,096 bytes. */
    public String format() {
        Map<String, Long> all = new TreeMap<>(byKey);
        if (log.isKnown()) {
            all.put(LOG + log.text(), 0L);
        }
        return all.entrySet().stream()
                .map(counter -> counter.getKey() + "=" + counter.getValue())
                .collect(Collectors.joining(";", VERSION + ";", ""));
    }

    /** Empty where the text is not ours: an offset that someone else set has no counters. */
    public static Optional<CommittedCounters> parse(String metadata) {
        String[] parts = metadata.split(";", -1);
        if (!parts[0].equals(VERSION)) {
            return Optional.empty();
        }
        Map<String, Long> byKey = new TreeMap<>();
        LogId log = LogId.UNKNOWN;
        for (String part : Arrays.asList(parts).subList(1, parts.length)) {
            if (part.isEmpty()) {
                continue;
            }
            int equals = part.indexOf('=');
            if (equals < 1 || !isCount(part.substring(equals + 1))) {
                return Optional.empty();
            }
            String key = part.substring(0, equals);
            if (key.startsWith(LOG)) {
                log = LogId.parse(key.substring(LOG.length()));
            } else {
                byKey.put(key, Long.parseLong(part.substring(equals + 1)));
            }
        }
        return Optional.of(new CommittedCounters(byKey, log));
    }

    private static boolean isCount(String text) {
        return !text.isEmpty() && text.length() <= 18 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
