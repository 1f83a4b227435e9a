package io.usageflow.forwarder.admission;

import io.usageflow.forwarder.admission.AdmissionDependencies.WriteBounds;
import io.usageflow.forwarder.admission.AdmissionSinks.OutgoingRecord;
import io.usageflow.forwarder.admission.AdmissionTask.PartitionState;
import io.usageflow.forwarder.admission.check.AccountPartitioner;
import io.usageflow.forwarder.admission.check.RecordDecoder;
import io.usageflow.forwarder.admission.check.RecordSize;
import io.usageflow.forwarder.admission.check.RerouteLimit;
import io.usageflow.forwarder.admission.check.ViolationReasons;
import io.usageflow.forwarder.admission.dedup.AgeGuard;
import io.usageflow.forwarder.admission.dedup.DedupResult;
import io.usageflow.forwarder.admission.dedup.DedupResult.InputSource;
import io.usageflow.forwarder.admission.dedup.DedupResult.NewEvent;
import io.usageflow.forwarder.admission.dedup.Fingerprint;
import io.usageflow.forwarder.admission.gate.BillingGate;
import io.usageflow.forwarder.admission.links.LinkResolver;
import io.usageflow.forwarder.admission.links.Resolution;
import io.usageflow.forwarder.config.AdmissionSettings.Guard;
import io.usageflow.forwarder.config.RecordBounds;
import io.usageflow.forwarder.config.SenderRules;
import io.usageflow.forwarder.deadletter.DeadLetterDraft;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.deadletter.DeadLetterStage;
import io.usageflow.forwarder.deadletter.SourceRecord;
import io.usageflow.schema.OriginalReference;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.id.CredytIds;
import io.usageflow.schema.rule.EventRules;
import io.usageflow.schema.rule.Violation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Decides about a record and changes nothing: it checks decoding, partition, rules, sender, age, id, link and
 * billing, in this order.
 * {@link DecisionHandler} executes the decision. Not thread-safe.
 */
final class EventChecker {
    private final RecordDecoder<UsageEvent> decoder;
    private final AccountPartitioner home;
    private final Limits limits;
    private final AgeGuard ages;
    private final PartitionState state;
    private final LinkResolver resolver;
    private final BillingGate gate;
    private final Fingerprint fingerprint = new Fingerprint();

    /** Bounds from the settings and of the topics. */
    record Limits(Guard guard, SenderRules senders, WriteBounds writes) {
        int eventBytesMax() {
            return guard.eventBytesMax();
        }
    }

    EventChecker(
            RecordDecoder<UsageEvent> decoder,
            AccountPartitioner home,
            Limits limits,
            AgeGuard ages,
            PartitionState state,
            LinkResolver resolver,
            BillingGate gate) {
        this.decoder = decoder;
        this.home = home;
        this.limits = limits;
        this.ages = ages;
        this.state = state;
        this.resolver = resolver;
        this.gate = gate;
    }

    /** Decides about a record. {@code now} is only for the times in a dead letter. */
    AdmissionDecision check(SourceRecord origin, InputSource input, Instant now) {
        CheckedRecord record = new CheckedRecord(origin, input, now);
        if (origin.reference().isPresent()) {
            return new AdmissionDecision.Reject(record.deadLetter(
                    DeadLetterReason.TOO_LARGE, tooLarge(origin.reference().get())));
        }
        return decoder.decode(origin.value())
                .match(
                        event -> check(record, event),
                        bad -> new AdmissionDecision.Reject(record.deadLetter(bad.reason(), bad.detail())));
    }

    private AdmissionDecision check(CheckedRecord record, UsageEvent event) {
        int partition = home.of(event.getAccountId());
        boolean isElsewhere = partition != record.partition();
        Optional<Violation> size = size(record.origin);
        // Rules are checked once, in the event's own partition, except the size: a large event may not fit there.
        List<Violation> violations = isElsewhere && size.isEmpty() ? List.of() : violations(size, event);
        if (!violations.isEmpty()) {
            return record.refused(
                    event, ViolationReasons.of(violations.get(0).field()), ViolationReasons.detail(violations));
        }
        if (isElsewhere) {
            return elsewhere(record, event, partition);
        }
        Optional<String> forbidden = limits.senders()
                .refusal(
                        event.getSource() == null ? null : event.getSource().getService(),
                        event.getAccountId(),
                        event.getCustomerId() != null || event.getCustomerExternalId() != null);
        if (forbidden.isPresent()) {
            return record.refused(event, DeadLetterReason.NOT_ALLOWED, forbidden.get());
        }
        UUID id = CredytIds.ofEvent(event.getAccountId(), event.getId());
        return record.input == InputSource.EVENTS ? checkNew(record, event, id) : checkReplay(record, event, id);
    }

    private AdmissionDecision elsewhere(CheckedRecord record, UsageEvent event, int home) {
        SourceRecord origin = record.origin;
        if (RerouteLimit.areExhausted(origin.headers())) {
            return record.refused(event, DeadLetterReason.UNDELIVERABLE, RerouteLimit.exhausted(home));
        }
        long size = RecordSize.of(
                OutgoingRecord.key(event.getAccountId()),
                origin.value(),
                RerouteLimit.oneMore(origin.headers(), record.partition(), record.offset()));
        if (!RecordSize.fits(size, limits.writes().reroutedBytesMax())) {
            return record.refused(
                    event,
                    DeadLetterReason.TOO_LARGE,
                    "it is in partition " + record.partition() + ", its account is in " + home + ", and with " + size
                            + " bytes it may not fit into " + origin.source().getTopic()
                            + " again: let the producer choose partitions like Kafka's Java client (murmur2), then"
                            + " replay it, which uses the right partition");
        }
        return new AdmissionDecision.Reroute(event.getAccountId(), home);
    }

    private String tooLarge(OriginalReference record) {
        return "the record is too large to be kept: its value has " + record.getValueBytes() + " bytes (at most "
                + limits.writes().records().valueBytesMax() + "), its key " + record.getKeyBytes() + " (at most "
                + RecordBounds.KEY_BYTES_MAX + "), its " + record.getHeaders() + " headers "
                + record.getHeadersBytes() + " (at most " + RecordBounds.HEADERS_BYTES_MAX
                + "); only its beginning is kept: read it from its topic, publish events of at most "
                + limits.eventBytesMax() + " bytes, and discard this one";
    }

    private Optional<Violation> size(SourceRecord origin) {
        byte[] value = origin.value();
        return EventRules.sizeViolation(value == null ? 0 : value.length, limits.eventBytesMax());
    }

    private static List<Violation> violations(Optional<Violation> size, UsageEvent event) {
        List<Violation> content = EventRules.violations(event);
        if (size.isEmpty()) {
            return content;
        }
        List<Violation> all = new ArrayList<>();
        all.add(size.get());
        all.addAll(content);
        return all;
    }

    private AdmissionDecision checkNew(CheckedRecord record, UsageEvent event, UUID id) {
        long appendedAt = record.appendedAt();
        Optional<AgeGuard.Refusal> age =
                ages.check(event.getOccurredAt(), id, appendedAt, state.dedup().forgottenMark());
        if (age.isPresent()) {
            return record.refused(event, age.get().reason(), age.get().detail());
        }
        long content = fingerprint.of(event);
        return state.dedup()
                .lookUp(id, content)
                .match(
                        () -> resolve(record, new NewEvent(event, id, Optional.of(record.memory(appendedAt, content)))),
                        first -> new AdmissionDecision.Duplicate(),
                        first -> conflict(record, event, content, first));
    }

    private AdmissionDecision checkReplay(CheckedRecord record, UsageEvent event, UUID id) {
        long content = fingerprint.of(event);
        long seenAt = ages.seenAt(event.getOccurredAt(), id, record.appendedAt());
        Optional<DedupResult.FirstRecord> memory = state.dedup()
                .lookUp(id, content)
                .match(
                        () -> Optional.of(record.memory(seenAt, content)),
                        first -> Optional.empty(),
                        first -> Optional.empty());
        return resolve(record, new NewEvent(event, id, memory));
    }

    private AdmissionDecision resolve(CheckedRecord record, NewEvent newEvent) {
        Resolution resolution = resolver.resolve(newEvent.event());
        boolean othersWait = state.parked().holds(newEvent.event().getAccountId());
        return resolution.match(
                resolved -> othersWait
                        ? new AdmissionDecision.Park(newEvent, Resolution.Unresolved.behindOthers(newEvent.event()))
                        : judge(record, newEvent, resolved),
                unlinked -> new AdmissionDecision.Park(newEvent, unlinked));
    }

    private AdmissionDecision judge(CheckedRecord record, NewEvent newEvent, Resolution.Resolved resolved) {
        UsageEvent event = newEvent.event();
        return gate.judge(event, resolved.customer(), BillingGate.Wait.NONE)
                .match(
                        () -> new AdmissionDecision.Admit(newEvent, resolved),
                        hold -> new AdmissionDecision.Park(newEvent, hold),
                        refusal -> record.refused(event, DeadLetterReason.NOT_BILLABLE, refusal));
    }

    private AdmissionDecision conflict(
            CheckedRecord record, UsageEvent event, long content, DedupResult.FirstRecord first) {
        boolean earlier = state.positions().isOfEarlierLog(first.input(), first.seenAt());
        return new AdmissionDecision.Reject(record.deadLetter(
                        DeadLetterReason.ID_CONFLICT,
                        "id " + event.getId() + " was admitted before with other billable content (first at "
                                + Instant.ofEpochMilli(first.seenAt()) + ", "
                                + first.input().word() + " partition "
                                + record.partition() + " offset " + first.offset()
                                + (earlier ? " of the topic before it was recreated" : "")
                                + "): give each usage its own id, then replay, or discard this one")
                .about(event)
                .attribute("fingerprint", Fingerprint.text(content))
                .attribute("first_fingerprint", Fingerprint.text(first.fingerprint()))
                .attribute("first_seen_at", Instant.ofEpochMilli(first.seenAt()).toString())
                .attribute("first_lane", first.input().word())
                .attribute("first_partition", Integer.toString(record.partition()))
                .attribute("first_offset", Long.toString(first.offset())));
    }

    /** The record that is checked. */
    private record CheckedRecord(SourceRecord origin, InputSource input, Instant now) {
        long appendedAt() {
            return origin.source().getTimestamp().toEpochMilli();
        }

        int partition() {
            return origin.source().getPartition();
        }

        long offset() {
            return origin.source().getOffset();
        }

        DedupResult.FirstRecord memory(long seenAt, long content) {
            return new DedupResult.FirstRecord(
                    seenAt, content, input, origin.source().getOffset());
        }

        DeadLetterDraft deadLetter(DeadLetterReason reason, String detail) {
            return DeadLetterDraft.of(origin, DeadLetterStage.ADMISSION, reason, detail, now);
        }

        AdmissionDecision refused(UsageEvent event, DeadLetterReason reason, String detail) {
            return new AdmissionDecision.Reject(deadLetter(reason, detail).about(event));
        }
    }

    /** What to do with a record. Sealed: each outcome of admission has its counter. */
    sealed interface AdmissionDecision {
        void match(Visitor visitor);

        /** One method for each decision. */
        interface Visitor {
            void reroute(Reroute elsewhere);

            void reject(Reject refused);

            void duplicate();

            void admit(Admit admitted);

            void park(Park waiting);
        }

        /** The record goes to the partition of its account, where it is checked. */
        record Reroute(String account, int partition) implements AdmissionDecision {
            @Override
            public void match(Visitor visitor) {
                visitor.reroute(this);
            }
        }

        /** The record becomes a dead letter. */
        record Reject(DeadLetterDraft letter) implements AdmissionDecision {
            @Override
            public void match(Visitor visitor) {
                visitor.reject(this);
            }
        }

        /** The same event was admitted or parked before. */
        record Duplicate() implements AdmissionDecision {
            @Override
            public void match(Visitor visitor) {
                visitor.duplicate();
            }
        }

        /** The event goes to delivery. */
        record Admit(NewEvent event, Resolution.Resolved resolved) implements AdmissionDecision {
            @Override
            public void match(Visitor visitor) {
                visitor.admit(this);
            }
        }

        /** The event waits for a link, or for Credyt's catalogue. */
        record Park(NewEvent event, Resolution.Unresolved waitsFor) implements AdmissionDecision {
            @Override
            public void match(Visitor visitor) {
                visitor.park(this);
            }
        }
    }
}
