package io.usageflow.forwarder.reconcile.receipts;

import io.usageflow.forwarder.catalogue.Catalogue;
import io.usageflow.forwarder.catalogue.CatalogueQueries;
import io.usageflow.forwarder.catalogue.SubscribedCustomers;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.ApiKeys;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.forwarder.credyt.lookup.CredytQueries.CredytUnreachableException;
import io.usageflow.forwarder.kafka.LogId;
import io.usageflow.forwarder.kafka.OwnTopicDecoder;
import io.usageflow.forwarder.kafka.PartitionReader;
import io.usageflow.forwarder.ledger.ReconcileEntry;
import io.usageflow.forwarder.ledger.ReconcileEntry.Check;
import io.usageflow.forwarder.reconcile.Checkpoint;
import io.usageflow.forwarder.reconcile.MarkedWriter;
import io.usageflow.forwarder.reconcile.ReconcileFinding;
import io.usageflow.forwarder.reconcile.ReconcileRequest;
import io.usageflow.forwarder.reconcile.ReconcileRun;
import io.usageflow.forwarder.reconcile.ReconcileRun.ReconcileListener;
import io.usageflow.forwarder.reconcile.ReconcileRun.ReconcileResult;
import io.usageflow.forwarder.reconcile.RemedyIds;
import io.usageflow.forwarder.reconcile.receipts.ReconcileSummary.ReceiptTotals;
import io.usageflow.schema.Receipt;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Compares the receipts of a period with what Credyt has, and its fees with its prices, which are read once at the
 * run's start. Each step of some seconds reads receipts, looks up what was
 * sent, asks Credyt, writes the findings and saves the checkpoint. After a kill at any point, a resumed run cuts off
 * what the interrupted step wrote and repeats the step, so the report has each finding once. Thread-safe: each run has
 * its own clients.
 */
public final class ReceiptReconciler {
    private static final int CONNECTIONS_MAX = 16;
    private static final int STEP_SECONDS = 5;
    private static final int STEP_MIN = 20;
    private static final int STEP_MAX = 1_000;

    private final Settings settings;
    private final Clock clock;

    public ReceiptReconciler(Settings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Runs to the end, or until stopped.
     *
     * @param stopped asked several times a second
     * @throws CredytUnreachableException if Credyt does not answer or refuses the key; earlier findings are kept
     * @throws IllegalArgumentException if the report belongs to another run; the message names the remedy
     * @throws org.apache.kafka.common.config.ConfigException if there is no usable API key
     */
    public ReconcileResult<ReconcileSummary> run(
            ReconcileRequest request, ReconcileListener<ReconcileProgress> listener, BooleanSupplier stopped)
            throws InterruptedException {
        ApiKeys keys = ApiKeys.open(settings.credyt().apiKey(), System::nanoTime);
        String topic = settings.topics().names().receipts();
        LogId log = request.report().isEmpty()
                ? LogId.UNKNOWN
                : LogId.ask(settings.kafka().client(), topic);
        try (PartitionReader receipts = new PartitionReader(settings.kafka().client(), topic);
                CredytHttp credyt = new CredytHttp(settings.credyt(), keys, CONNECTIONS_MAX);
                SentEventReader sentEvents = new SentEventReader(settings);
                ReconcileRun run = ReconcileRun.open(
                        request,
                        command(request),
                        log,
                        () -> start(request, receipts, log),
                        new ReceiptTotals().summary(),
                        clock.instant())) {
            List<String> notes = expired(run.progress(), receipts);
            var queries = new CredytQueries(credyt::get, request.perSecond(), clock, stopped);
            var ofCatalogue = new CatalogueQueries(queries);
            Optional<Catalogue> catalogue = ofCatalogue.catalogue();
            if (catalogue.isEmpty()) {
                return new ReconcileResult<>(
                        run.totals(ReconcileSummary.class), run.from(), run.to(), false, run.resumed(), notes);
            }
            notes.addAll(catalogue.get().gaps());
            var customers = new SubscribedCustomers(catalogue.get(), ofCatalogue);
            Set<String> remedies = MarkedWriter.marks(settings, RemedyIds.MARK_PREFIX);
            try (var batches = new BatchReconciler(
                            settings, request, run.job(), queries, sentEvents, customers, remedies, clock);
                    var pass = new Pass(request, receipts, batches, run, listener)) {
                boolean complete = pass.run();
                if (complete) {
                    run.finish();
                    keep(request, run, pass.totals.summary()).ifPresent(notes::add);
                }
                if (receipts.expired() > 0) {
                    notes.add("up to " + receipts.expired()
                            + " receipts expired before they were read: they were not checked");
                }
                return new ReconcileResult<>(
                        pass.totals.summary(), run.from(), run.to(), complete, run.resumed(), notes);
            }
        }
    }

    /** Only a run over all accounts says how all is. */
    private Optional<String> keep(ReconcileRequest request, ReconcileRun run, ReconcileSummary summary) {
        if (request.account().isPresent()) {
            return Optional.empty();
        }
        var counts = new TreeMap<String, Long>();
        counts.put("receipts", summary.receipts());
        summary.findings().forEach((kind, count) -> counts.put(kind.name().toLowerCase(Locale.ROOT), count));
        return new ReconcileEntry(Check.RECEIPTS, run.from(), run.to(), clock.instant(), summary.found(), counts)
                .write(settings);
    }

    private String command(ReconcileRequest request) {
        return request.period().text() + ", "
                + request.account().map(account -> "account " + account).orElse("all accounts") + ", topics "
                + settings.topics().names().prefix() + ", " + settings.credyt().url() + ", repair "
                + request.repair().mode().name().toLowerCase(Locale.ROOT) + ", free " + new TreeSet<>(request.free());
    }

    private static Checkpoint.Progress start(ReconcileRequest request, PartitionReader receipts, LogId log) {
        // Delivery writes a receipt after Credyt accepted the event, so no receipt of the period is before this.
        Map<Integer, Long> begins =
                byPartition(receipts.offsetsAt(request.period().from()));
        Map<Integer, Long> ends = byPartition(receipts.ends());
        begins.replaceAll((partition, offset) -> Math.min(offset, ends.getOrDefault(partition, offset)));
        return new Checkpoint.Progress(begins, begins, ends, log);
    }

    private List<String> expired(Checkpoint.Progress progress, PartitionReader receipts) {
        List<String> notes = new ArrayList<>();
        boolean cut = byPartition(receipts.beginnings()).entrySet().stream()
                .anyMatch(each -> each.getValue() > 0
                        && each.getValue() >= progress.next().getOrDefault(each.getKey(), 0L));
        if (cut) {
            notes.add("the oldest receipts have expired in "
                    + settings.topics().names().receipts()
                    + ": events of the beginning of the period may be missing here");
        }
        return notes;
    }

    private static Map<Integer, Long> byPartition(Map<TopicPartition, Long> offsets) {
        Map<Integer, Long> byPartition = new TreeMap<>();
        offsets.forEach((partition, offset) -> byPartition.put(partition.partition(), offset));
        return byPartition;
    }

    /** Reads the receipts in batches, from the checkpoint to the end. Not thread-safe. */
    private final class Pass implements AutoCloseable {
        private final ReconcileRequest request;
        private final PartitionReader receipts;
        private final BatchReconciler batches;
        private final ReconcileRun run;
        private final ReconcileListener<ReconcileProgress> listener;
        private final OwnTopicDecoder<Receipt> decoder =
                new OwnTopicDecoder<>(settings.registry().serde(), Receipt.class);
        private final ReceiptTotals totals;
        private final long began = System.nanoTime();
        private final double shareBefore;
        private final long receiptsBefore;

        Pass(
                ReconcileRequest request,
                PartitionReader receipts,
                BatchReconciler batches,
                ReconcileRun run,
                ReconcileListener<ReconcileProgress> listener) {
            this.request = request;
            this.receipts = receipts;
            this.batches = batches;
            this.run = run;
            this.listener = listener;
            totals = new ReceiptTotals(run.totals(ReconcileSummary.class));
            shareBefore = run.progress().share();
            receiptsBefore = totals.summary().receipts();
        }

        /** Returns false if stopped. */
        boolean run() throws InterruptedException {
            int size = (int) Math.max(STEP_MIN, Math.min(STEP_MAX, request.perSecond() * STEP_SECONDS));
            for (Map.Entry<Integer, Long> partition :
                    new TreeMap<>(run.progress().next()).entrySet()) {
                long end = run.progress().ends().getOrDefault(partition.getKey(), 0L);
                receipts.seek(partition.getKey(), partition.getValue());
                var batch = new ReceiptBatch(decoder, this::isWanted);
                Optional<ConsumerRecord<byte[], byte[]>> record;
                do {
                    record = receipts.next(end);
                    record.ifPresent(batch::take);
                    if (batch.size() >= size || record.isEmpty()) {
                        if (!reconcile(
                                batch,
                                partition.getKey(),
                                record.map(item -> item.offset() + 1).orElse(end))) {
                            return false;
                        }
                        batch.clear();
                    }
                } while (record.isPresent());
            }
            return true;
        }

        private boolean reconcile(ReceiptBatch batch, int partition, long next) throws InterruptedException {
            Optional<List<ReconcileFinding>> checked = batches.reconcile(batch.events(), totals);
            if (checked.isEmpty()) {
                return false;
            }
            List<ReconcileFinding> findings = new ArrayList<>(checked.get());
            batch.unreadable().forEach(totals::unreadable);
            findings.addAll(batch.unreadable());
            findings.forEach(listener::found);
            run.append(findings);
            ReconcileSummary summary = totals.summary();
            run.save(run.progress().with(partition, next), summary);
            listener.advanced(ReconcileProgress.of(
                    run.progress().share(),
                    shareBefore,
                    summary.receipts() - receiptsBefore,
                    Duration.ofNanos(System.nanoTime() - began),
                    summary));
            return true;
        }

        private boolean isWanted(Receipt receipt) {
            return run.contains(receipt.getAcceptedAt())
                    && request.account().map(receipt.getAccountId()::equals).orElse(true);
        }

        @Override
        public void close() {
            decoder.close();
        }
    }

    /**
     * The progress of a reconciliation.
     *
     * @param share of the receipts' topic that was read, 0 to 1
     * @param perSecond receipts checked per second in this run
     * @param left time to the end at this speed; empty if unknown
     */
    public record ReconcileProgress(double share, double perSecond, Optional<Duration> left, ReconcileSummary summary) {

        /**
         * Computes the speed and the remaining time.
         *
         * @param before share that was read when this run began
         * @param receipts checked in this run
         */
        public static ReconcileProgress of(
                double share, double before, long receipts, Duration elapsed, ReconcileSummary summary) {
            double seconds = Math.max(0.001, elapsed.toMillis() / 1e3);
            double gained = share - before;
            return new ReconcileProgress(
                    share,
                    receipts / seconds,
                    gained <= 0
                            ? Optional.empty()
                            : Optional.of(Duration.ofMillis((long) ((1 - share) / gained * elapsed.toMillis()))),
                    summary);
        }
    }
}
