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
 * Delivery's counters of one partition since its creation, and the log of its offsets. Both are the metadata of the
 * committed offset, so they are committed with it. Immutable.
 *
 * @param byKey by the keys of {@link LedgerCounter}; an absent key counts 0
 * @param log unknown if an earlier version wrote it
 */
public record CommittedCounters(Map<String, Long> byKey, LogId log) {
    public static final CommittedCounters NONE = new CommittedCounters(Map.of());

    private static final String VERSION = "usageflow-delivery-1";

    /**
     * The log is the name of a counter with the value 0, since earlier versions accept only counters and keep unknown
     * ones.
     */
    private static final String LOG = "log:";

    public CommittedCounters {
        byKey = Map.copyOf(byKey);
    }

    public CommittedCounters(Map<String, Long> byKey) {
        this(byKey, LogId.UNKNOWN);
    }

    /** These counters, for an offset in the current log. */
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

    /** These counters plus one record for each result. */
    public CommittedCounters plus(Iterable<SettlementResult> results) {
        Map<SettlementResult, Long> counts = new HashMap<>();
        results.forEach(result -> counts.merge(result, 1L, Long::sum));
        Map<String, Long> sum = new TreeMap<>(byKey);
        counts.forEach((result, count) -> result.counters().forEach(key -> sum.merge(key, count, Long::sum)));
        return new CommittedCounters(sum, log);
    }

    /** The text for {@code OffsetAndMetadata}, far below the broker's default bound of 4,096 bytes. */
    public String format() {
        Map<String, Long> all = new TreeMap<>(byKey);
        if (log.isKnown()) {
            all.put(LOG + log.text(), 0L);
        }
        return all.entrySet().stream()
                .map(counter -> counter.getKey() + "=" + counter.getValue())
                .collect(Collectors.joining(";", VERSION + ";", ""));
    }

    /** Parses the metadata; empty if another tool set the offset. */
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
