package io.usageflow.forwarder.reconcile.remedy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.catalogue.Catalogue;
import io.usageflow.forwarder.catalogue.CatalogueQueries;
import io.usageflow.forwarder.catalogue.SubscribedCustomers;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.ApiKeys;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.forwarder.credyt.lookup.CredytQueries.Query;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.QueryResult;
import io.usageflow.forwarder.kafka.OwnTopicDecoder;
import io.usageflow.forwarder.kafka.RecordLookup;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.forwarder.links.LinkTable;
import io.usageflow.forwarder.reconcile.EventRef;
import io.usageflow.forwarder.reconcile.EventRef.Position;
import io.usageflow.forwarder.reconcile.MarkedWriter;
import io.usageflow.forwarder.reconcile.ReconcileFinding.Kind;
import io.usageflow.forwarder.reconcile.RemedyIds;
import io.usageflow.forwarder.reconcile.receipts.ReconcileItem;
import io.usageflow.forwarder.reconcile.receipts.ReconcileItem.SentEvent;
import io.usageflow.forwarder.reconcile.receipts.SentEventReader;
import io.usageflow.forwarder.reconcile.remedy.Remedy.Outcome;
import io.usageflow.forwarder.reconcile.remedy.Remedy.RemedySummary;
import io.usageflow.forwarder.reconcile.remedy.RemedyRules.Decision;
import io.usageflow.forwarder.reconcile.remedy.RemedyRules.FoundEvent;
import io.usageflow.forwarder.reconcile.remedy.ReportReader.ReportedFinding;
import io.usageflow.forwarder.reconcile.remedy.WalletAdjustments.Adjustment;
import io.usageflow.forwarder.reconcile.remedy.WalletAdjustments.AdjustmentResult;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.Fix;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics.EventHeaders;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Corrects the findings of a reconcile report, or plans to. Reads each event again from the topics and from Credyt, so
 * the report only says where to look. After a kill at any point the same command continues: what was done is marked,
 * and what was done without a mark has the same ids the second time. Thread-safe: each run has its own clients.
 */
public final class RemedyJob {
    private static final int CONNECTIONS_MAX = 16;
    /** Findings in memory, and marks in a transaction. */
    private static final int BATCH = 100;

    private final Settings settings;
    private final Clock clock;

    public RemedyJob(Settings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Runs to the end of the report, or until it is stopped.
     *
     * @param done receives each remedy, on the caller's thread
     * @param stopped asked several times a second
     * @throws io.usageflow.forwarder.credyt.lookup.CredytQueries.CredytUnreachableException if Credyt does not answer
     *     or refuses the key
     * @throws IllegalArgumentException if the report cannot be used, or a later run has fenced this one
     * @throws IOException if the report cannot be read
     */
    public RemedySummary run(RemedyRequest request, Consumer<Remedy> done, BooleanSupplier stopped)
            throws InterruptedException, IOException {
        String job = "remedy-" + UUID.randomUUID().toString().substring(0, 8);
        ApiKeys keys = ApiKeys.open(settings.credyt().apiKey(), System::nanoTime);
        try (ReportReader report = ReportReader.open(request.report());
                CredytHttp credyt = new CredytHttp(settings.credyt(), keys, CONNECTIONS_MAX)) {
            var queries = new CredytQueries(credyt::get, request.perSecond(), clock, stopped);
            var ofCatalogue = new CatalogueQueries(queries);
            Optional<Catalogue> catalogue = ofCatalogue.catalogue();
            if (catalogue.isEmpty()) {
                return new RemedySummary(job, false, 0, Map.of(), Map.of(), List.of());
            }
            var customers = new SubscribedCustomers(catalogue.get(), ofCatalogue);
            try (var run = new Run(request, job, credyt, queries, customers, done)) {
                return run.through(report, stopped);
            }
        }
    }

    /** @param record to send; empty if only the mark is written */
    private record MarkedRecord(DeadLetterMark mark, Optional<ProducerRecord<byte[], byte[]>> record) {}

    /** One pass over the report. Not thread-safe. */
    private final class Run implements AutoCloseable {
        private final RemedyRequest request;
        private final String job;
        private final CredytQueries queries;
        private final SubscribedCustomers customers;
        private final Consumer<Remedy> done;
        private final RemedyRules rules;
        private final WalletAdjustments adjustments;
        private final @Nullable MarkedWriter writer;
        private final String receiptsTopic = settings.topics().names().receipts();
        private final String eventsTopic = settings.topics().names().events();
        private final RecordLookup receipts = new RecordLookup(settings.kafka().client(), receiptsTopic);
        private final SentEventReader sentEvents = new SentEventReader(settings);
        private final OwnTopicDecoder<Receipt> receiptDecoder =
                new OwnTopicDecoder<>(settings.registry().serde(), Receipt.class);
        private final Deserializer<UsageEvent> eventDecoder =
                AvroSerdes.ownValueDeserializer(settings.registry().serde(), UsageEvent.class);
        private final Serializer<UsageEvent> eventEncoder =
                AvroSerdes.valueSerializer(settings.registry().serde());
        /** Of accounts whose links name a connected account at Credyt, that account. */
        private final Map<String, String> linkedIn = new HashMap<>();
        /** Marks of what was done, by their ids; written when the batch is done, since Credyt may keep it waiting. */
        private final Map<String, MarkedRecord> pending = new LinkedHashMap<>();

        private final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
        private final Map<String, BigDecimal> amounts = new TreeMap<>();
        private final List<Remedy> first = new ArrayList<>();
        private long findings;

        Run(
                RemedyRequest request,
                String job,
                CredytHttp credyt,
                CredytQueries queries,
                SubscribedCustomers customers,
                Consumer<Remedy> done) {
            this.request = request;
            this.job = job;
            this.queries = queries;
            this.customers = customers;
            this.done = done;
            adjustments = new WalletAdjustments(credyt::post, request.perSecond(), clock);
            writer = request.apply() ? new MarkedWriter(settings, RemedyIds.MARK_PREFIX, job) : null;
            rules = new RemedyRules(request, customers, marked(writer));
            new LinkTable(settings)
                    .read(
                            LinkKind.CUSTOMER,
                            link -> link.reference()
                                    .credytAccount()
                                    .ifPresent(account -> linkedIn.put(link.name(), account)),
                            refusal -> {});
        }

        private Predicate<String> marked(@Nullable MarkedWriter marks) {
            if (marks != null) {
                return id -> marks.isMarked(id) || pending.containsKey(id);
            }
            Set<String> ids = MarkedWriter.marks(settings, RemedyIds.MARK_PREFIX);
            return ids::contains;
        }

        RemedySummary through(ReportReader report, BooleanSupplier stopped) throws InterruptedException, IOException {
            boolean complete = false;
            List<ReportedFinding> batch = new ArrayList<>();
            while (!stopped.getAsBoolean()) {
                Optional<ReportedFinding> finding = report.next();
                finding.filter(request.selection()::has).ifPresent(batch::add);
                if (batch.size() >= BATCH || finding.isEmpty()) {
                    if (!correct(batch)) {
                        break;
                    }
                    batch.clear();
                }
                if (finding.isEmpty()) {
                    complete = true;
                    break;
                }
            }
            return new RemedySummary(job, complete, findings, outcomes, amounts, first);
        }

        /** Returns false if it was stopped. */
        private boolean correct(List<ReportedFinding> batch) throws InterruptedException {
            List<Remedy> remedies = new ArrayList<>();
            List<FoundEvent> events = new ArrayList<>();
            batch.forEach(finding -> {
                Optional<Remedy> left = read(finding, events);
                left.ifPresent(remedies::add);
            });
            Optional<List<QueryResult>> answers = ask(events);
            if (answers.isEmpty()
                    || !customers.load(events.stream().map(FoundEvent::customer).toList())) {
                return false;
            }
            try {
                for (int i = 0; i < events.size(); i++) {
                    Decision decision = rules.decide(
                            events.get(i),
                            answers.get().get(2 * i),
                            answers.get().get(2 * i + 1));
                    remedies.add(writer == null ? decision.plan() : apply(events.get(i), decision));
                }
            } finally {
                commit();
            }
            remedies.forEach(this::count);
            return true;
        }

        private void commit() {
            if (writer != null) {
                for (MarkedRecord marked : pending.values()) {
                    writer.add(marked.mark(), marked.record());
                }
                writer.commit();
                pending.clear();
            }
        }

        private void count(Remedy remedy) {
            findings++;
            outcomes.merge(remedy.outcome(), 1L, Long::sum);
            if (remedy.outcome() == Outcome.WOULD_ADJUST || remedy.outcome() == Outcome.ADJUSTED) {
                remedy.amounts().forEach((asset, amount) -> amounts.merge(asset, amount, BigDecimal::add));
            }
            if (first.size() < RemedySummary.SHOWN_MAX) {
                first.add(remedy);
            }
            done.accept(remedy);
        }

        /** Reads the finding's receipt and what was sent; returns why it is left alone, or adds the event. */
        private Optional<Remedy> read(ReportedFinding finding, List<FoundEvent> events) {
            if (!RemedyRequest.isRemediable(finding.kind())) {
                return Optional.of(Remedy.without(
                        finding, Outcome.NO_REMEDY, finding.kind().meaning()));
            }
            Position place = finding.receipt();
            List<String> whyNot = new ArrayList<>();
            Optional<EventRef> event = place.offset() < 0 || place.offset() >= receipts.end(place.partition())
                    ? Optional.empty()
                    : receipts.at(place.partition(), place.offset())
                            .flatMap(record -> receiptDecoder.read(record, (bad, why) -> whyNot.add(why)))
                            .filter(receipt -> receipt.getCredytEventId().equals(finding.credytId()))
                            .map(receipt -> EventRef.of(receipt, place));
            if (event.isEmpty()) {
                return Optional.of(Remedy.without(
                        finding,
                        Outcome.NOT_READABLE,
                        "its receipt is not at " + place.partition() + "@" + place.offset() + " of " + receiptsTopic
                                + " any more" + (whyNot.isEmpty() ? "" : ": " + whyNot.get(0))));
            }
            ReconcileItem item = sentEvents.find(event.get());
            if (item.sent().isEmpty()) {
                return Optional.of(Remedy.without(finding, Outcome.NOT_READABLE, item.whyNot()));
            }
            Optional<String> account = Reference.of(event.get().customer()).credytAccount();
            if (finding.kind() == Kind.UNBILLED
                    && !account.equals(
                            Optional.ofNullable(linkedIn.get(event.get().account())))) {
                return Optional.of(Remedy.without(
                        finding,
                        Outcome.NO_REMEDY,
                        "it is in " + account.map(id -> "account " + id).orElse("the account of the settings")
                                + " at Credyt, and the link of " + event.get().account()
                                + " names another one now, in which it would be billed"));
            }
            SentEvent.Published published = item.sent().get().record();
            events.add(new FoundEvent(
                    finding,
                    item.event(),
                    eventDecoder.deserialize(eventsTopic, published.headers(), published.value()),
                    published.headers()));
            return Optional.empty();
        }

        /** Two answers for each event: of the event, and of the one that a remedy would send. */
        private Optional<List<QueryResult>> ask(List<FoundEvent> events) throws InterruptedException {
            List<Query> asked = new ArrayList<>();
            Instant now = clock.instant();
            for (FoundEvent event : events) {
                String id = event.event().credytId();
                Optional<String> account = event.customer().credytAccount();
                asked.add(Query.ofEvent(
                                id,
                                CredytQueries.isFresh(event.event().acceptedAt().orElse(Instant.EPOCH), now))
                        .in(account));
                asked.add(
                        Query.ofEvent(RemedyIds.sentAgain(id).toString(), false).in(account));
            }
            return queries.ask(asked);
        }

        private Remedy apply(FoundEvent found, Decision decision) throws InterruptedException {
            return decision instanceof Decision.Adjust adjust
                    ? adjust(found, adjust)
                    : decision.match(Decision.Leave::plan, again -> sendAgain(found, again), Decision.Adjust::plan);
        }

        private Remedy sendAgain(FoundEvent found, Decision.SendAgain again) {
            EventRef event = found.event();
            String mark = RemedyIds.markOfSentAgain(event.credytId());
            var headers = new RecordHeaders(found.headers());
            headers.remove(EventHeaders.REPLAY_OF).remove(EventHeaders.REROUTED_FROM);
            headers.add(EventHeaders.REPLAY_OF, mark.getBytes(UTF_8));
            mark(
                    mark(mark, "REPLAYED", " was not billed", event, again.fixes()),
                    Optional.of(new ProducerRecord<>(
                            settings.topics().names().replays(),
                            null,
                            event.account().getBytes(UTF_8),
                            eventEncoder.serialize(eventsTopic, again.event()),
                            headers)));
            return again.plan().as(Outcome.SENT, again.plan().detail());
        }

        private Remedy adjust(FoundEvent found, Decision.Adjust adjust) throws InterruptedException {
            EventRef event = found.event();
            boolean repeated = true;
            List<Fix> fixes = new ArrayList<>();
            for (Map.Entry<String, BigDecimal> amount : adjust.plan().amounts().entrySet()) {
                boolean refund = amount.getValue().signum() > 0;
                AdjustmentResult result = adjustments.adjust(new Adjustment(
                        found.customer().credytAccount(),
                        adjust.customerId(),
                        RemedyIds.adjustment(event.credytId(), amount.getKey()).toString(),
                        amount.getKey(),
                        amount.getValue(),
                        refund
                                ? request.reasons().refund()
                                : request.reasons().charge().orElseThrow(),
                        "Correction of the fees of event " + event.eventId(),
                        Map.of("event_id", event.credytId(), "job", job)));
                if (result.outcome().isOpen()) {
                    return adjust.plan().as(result.outcome(), result.detail());
                }
                repeated &= result.outcome() == Outcome.ADJUSTED_BEFORE;
                fixes.add(new Fix(
                        "wallet " + amount.getKey(), null, amount.getValue().toPlainString()));
            }
            mark(
                    mark(RemedyIds.markOfAdjustment(event.credytId()), "ADJUSTED", " had wrong fees", event, fixes),
                    Optional.empty());
            return adjust.plan()
                    .as(
                            repeated ? Outcome.ADJUSTED_BEFORE : Outcome.ADJUSTED,
                            adjust.plan().detail());
        }

        private void mark(DeadLetterMark mark, Optional<ProducerRecord<byte[], byte[]>> record) {
            pending.put(mark.getDeadLetterId(), new MarkedRecord(mark, record));
        }

        private DeadLetterMark mark(String id, String state, String what, EventRef event, List<Fix> fixes) {
            return DeadLetterMark.newBuilder()
                    .setDeadLetterId(id)
                    .setState(state)
                    .setWho(request.audit().who())
                    .setWhy(request.audit().why() + " (event " + event.eventId() + " of account " + event.account()
                            + what + ")")
                    .setJob(job)
                    .setMarkedAt(clock.instant().truncatedTo(ChronoUnit.MILLIS))
                    .setFixes(fixes)
                    .build();
        }

        @Override
        public void close() {
            if (writer != null) {
                writer.close();
            }
            receipts.close();
            sentEvents.close();
            receiptDecoder.close();
            eventDecoder.close();
            eventEncoder.close();
        }
    }
}
