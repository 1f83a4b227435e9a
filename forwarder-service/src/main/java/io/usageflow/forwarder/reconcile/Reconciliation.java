package io.usageflow.forwarder.reconcile;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.ApiKeys;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.kafka.PartitionReader;
import io.usageflow.schema.Receipt;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Receipts of a period against what Credyt has. In steps of some seconds: read receipts, look up what was sent, ask
 * Credyt, write the findings, remember how far it is. Killed at any point it goes on with the step it was in; what that
 * step had written is cut off first, so that the report has each finding once. Thread-safe: each run has what it needs
 * of its own.
 */
public final class Reconciliation {
    private static final int CONNECTIONS_MAX = 16;
    private static final int STEP_SECONDS = 5;
    private static final int STEP_MIN = 20;
    private static final int STEP_MAX = 1_000;

    private final Settings settings;
    private final Clock clock;

    public Reconciliation(Settings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Runs to the end, or until it is stopped.
     *
     * @param stopped asked several times a second
     * @throws CredytSilentException where Credyt does not answer or not to us; what was checked before is kept
     * @throws IllegalArgumentException where the report is another's; the message names the remedy
     * @throws org.apache.kafka.common.config.ConfigException where there is no API key that could be used
     */
    public ReconcileResult run(ReconcileRequest request, ReconcileListener listener, BooleanSupplier stopped)
            throws InterruptedException {
        ApiKeys keys = ApiKeys.open(settings.credyt().apiKey(), System::nanoTime);
        try (PartitionReader receipts = new PartitionReader(
                settings.kafka().client(), settings.topics().names().receipts())) {
            Start start = Start.of(request, settings, receipts, clock.instant());
            try (CredytHttp credyt = new CredytHttp(settings.credyt(), keys, CONNECTIONS_MAX);
                    Originals originals = new Originals(settings);
                    Book book = new Book(request, start.checkpoint())) {
                var inquiry = new Inquiry(credyt::get, request.perSecond(), clock, stopped);
                try (Step step = new Step(settings, request, start.checkpoint().job(), inquiry, originals, clock)) {
                    boolean complete = through(request, receipts, step, book, listener);
                    return new ReconcileResult(
                            book.finished(complete),
                            start.checkpoint().from(),
                            start.checkpoint().to(),
                            complete,
                            start.goneOn(),
                            notes(start, receipts));
                }
            }
        }
    }

    private static List<String> notes(Start start, PartitionReader receipts) {
        List<String> notes = new ArrayList<>(start.notes());
        if (receipts.expired() > 0) {
            notes.add("up to " + receipts.expired() + " receipts expired before they were read: they were not checked");
        }
        return notes;
    }

    private boolean through(
            ReconcileRequest request, PartitionReader receipts, Step step, Book book, ReconcileListener listener)
            throws InterruptedException {
        int size = (int) Math.max(STEP_MIN, Math.min(STEP_MAX, request.perSecond() * STEP_SECONDS));
        try (OwnRecords<Receipt> own = new OwnRecords<>(settings.registry().serde(), Receipt.class)) {
            for (Map.Entry<Integer, Long> partition :
                    new TreeMap<>(book.progress().next()).entrySet()) {
                long end = book.progress().ends().getOrDefault(partition.getKey(), 0L);
                receipts.seek(partition.getKey(), partition.getValue());
                var batch = new Batch(own, receipt -> isWanted(receipt, request, book));
                while (true) {
                    Optional<ConsumerRecord<byte[], byte[]>> record = receipts.next(end);
                    record.ifPresent(batch::take);
                    if (batch.size() < size && record.isPresent()) {
                        continue;
                    }
                    Optional<List<Finding>> judged = step.of(batch.subjects(), book.tally());
                    if (judged.isEmpty()) {
                        return false;
                    }
                    List<Finding> findings = new ArrayList<>(judged.get());
                    batch.unreadable().forEach(book.tally()::unreadable);
                    findings.addAll(batch.unreadable());
                    findings.forEach(listener::found);
                    book.keep(
                            findings,
                            partition.getKey(),
                            record.map(one -> one.offset() + 1).orElse(end));
                    listener.advanced(book.advance());
                    batch.clear();
                    if (record.isEmpty()) {
                        break;
                    }
                }
            }
        }
        return true;
    }

    private static boolean isWanted(Receipt receipt, ReconcileRequest request, Book book) {
        return book.contains(receipt.getAcceptedAt())
                && request.account().map(receipt.getAccountId()::equals).orElse(true);
    }
}
