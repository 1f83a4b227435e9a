package io.usageflow.producer.internal.spool;

import io.usageflow.producer.internal.spool.drain.SpoolSender;
import io.usageflow.producer.internal.spool.segment.SpoolRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Kafka as the drainer sees it: takes records, answers later, and refuses as told. Batches as Kafka's client does: what
 * it is told to refuse takes the records beside it along. Thread-safe.
 */
public final class FakeKafka implements SpoolSender {
    /** What arrived, in order. */
    public final List<SpoolRecord> arrived = new ArrayList<>();

    final List<Integer> batchSizes = new ArrayList<>();
    public int renewed;

    /** The reason by which a record is refused, or null. */
    private Function<SpoolRecord, FailureKind> refuses = record -> null;

    private SendResult handing = SendResult.ACCEPTED;
    private boolean answers = true;
    private int batch = 1;
    private boolean broken;
    private final ArrayDeque<Map.Entry<SpoolRecord, Callback>> taken = new ArrayDeque<>();

    public synchronized void refuses(Function<SpoolRecord, FailureKind> which) {
        refuses = which;
    }

    public synchronized void hands(SendResult how) {
        handing = how;
    }

    /** Whether it answers at all, and how many records at a time at most. */
    public synchronized void answers(boolean does, int batchMax) {
        answers = does;
        batch = batchMax;
        answer();
    }

    public synchronized List<String> ids() {
        return arrived.stream().map(SpoolRecord::id).toList();
    }

    public synchronized int takenNow() {
        return taken.size();
    }

    synchronized Map<String, List<String>> byKey() {
        Map<String, List<String>> byKey = new HashMap<>();
        arrived.forEach(record -> byKey.computeIfAbsent(
                        new String(record.key(), StandardCharsets.UTF_8), key -> new ArrayList<>())
                .add(record.id()));
        return byKey;
    }

    @Override
    public synchronized SendResult send(SpoolRecord record, Callback answer) {
        if (!handing.isAccepted()) {
            return handing;
        }
        if (broken) {
            return SendResult.retriable("closed");
        }
        taken.add(Map.entry(record, answer));
        if (taken.size() >= batch) {
            answer();
        }
        return SendResult.ACCEPTED;
    }

    /** What it holds goes out, full batch or not. */
    synchronized void linger() {
        answer();
    }

    private void answer() {
        while (answers && !broken && !taken.isEmpty()) {
            List<Map.Entry<SpoolRecord, Callback>> one = new ArrayList<>();
            while (one.size() < batch && !taken.isEmpty()) {
                one.add(taken.remove());
            }
            batchSizes.add(one.size());
            FailureKind verdict = one.stream()
                    .map(entry -> refuses.apply(entry.getKey()))
                    .filter(found -> found != null)
                    .findFirst()
                    .orElse(null);
            if (verdict == null) {
                one.forEach(entry -> {
                    arrived.add(entry.getKey());
                    entry.getValue().acknowledged();
                });
            } else {
                broken = true;
                one.forEach(entry -> entry.getValue().failed("refused " + verdict, verdict));
            }
        }
    }

    @Override
    public synchronized void reconnect() {
        renewed++;
        taken.forEach(entry -> entry.getValue().failed("closed", FailureKind.COLLATERAL));
        taken.clear();
        broken = false;
    }

    @Override
    public synchronized void close(Duration timeout) {
        reconnect();
    }
}
