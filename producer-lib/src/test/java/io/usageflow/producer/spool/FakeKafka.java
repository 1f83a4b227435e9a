package io.usageflow.producer.spool;

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
final class FakeKafka implements Carrier {
    /** What arrived, in order. */
    final List<SpoolRecord> arrived = new ArrayList<>();

    final List<Integer> batchSizes = new ArrayList<>();
    int renewed;

    /** The reason by which a record is refused, or null. */
    private Function<SpoolRecord, Verdict> refuses = record -> null;

    private Handing handing = Handing.TAKEN;
    private boolean answers = true;
    private int batch = 1;
    private boolean broken;
    private final ArrayDeque<Map.Entry<SpoolRecord, Answer>> taken = new ArrayDeque<>();

    synchronized void refuses(Function<SpoolRecord, Verdict> which) {
        refuses = which;
    }

    synchronized void hands(Handing how) {
        handing = how;
    }

    /** Whether it answers at all, and how many records at a time at most. */
    synchronized void answers(boolean does, int batchMax) {
        answers = does;
        batch = batchMax;
        answer();
    }

    synchronized List<String> ids() {
        return arrived.stream().map(SpoolRecord::id).toList();
    }

    synchronized int takenNow() {
        return taken.size();
    }

    synchronized Map<String, List<String>> byKey() {
        Map<String, List<String>> byKey = new HashMap<>();
        arrived.forEach(record -> byKey.computeIfAbsent(new String(record.key()), key -> new ArrayList<>())
                .add(record.id()));
        return byKey;
    }

    @Override
    public synchronized Handing send(SpoolRecord record, Answer answer) {
        if (!handing.isTaken()) {
            return handing;
        }
        if (broken) {
            return Handing.later("closed");
        }
        taken.add(Map.entry(record, answer));
        if (taken.size() >= batch) {
            answer();
        }
        return Handing.TAKEN;
    }

    /** What it holds goes out, full batch or not. */
    synchronized void linger() {
        answer();
    }

    private void answer() {
        while (answers && !broken && !taken.isEmpty()) {
            List<Map.Entry<SpoolRecord, Answer>> one = new ArrayList<>();
            while (one.size() < batch && !taken.isEmpty()) {
                one.add(taken.remove());
            }
            batchSizes.add(one.size());
            Verdict verdict = one.stream()
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
    public synchronized void renew() {
        renewed++;
        taken.forEach(entry -> entry.getValue().failed("closed", Verdict.COLLATERAL));
        taken.clear();
        broken = false;
    }

    @Override
    public synchronized void close(Duration timeout) {
        renew();
    }
}
