package io.usageflow.forwarder.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.deadletter.DeadLetterStage;
import io.usageflow.forwarder.deadletter.DeadLetterState;
import io.usageflow.forwarder.deadletter.OriginalEvent;
import io.usageflow.forwarder.deadletter.StoredDeadLetter;
import io.usageflow.forwarder.replay.ReplayPlan.ReplayWarning;
import io.usageflow.forwarder.replay.ReplayPlan.SkipReason;
import io.usageflow.forwarder.topics.AccountPartition;
import io.usageflow.schema.Cost;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.Fix;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.id.CredytIds;
import io.usageflow.schema.id.Uuids;
import io.usageflow.schema.rule.EventRules;
import io.usageflow.schema.rule.Violation;
import io.usageflow.schema.topic.Topics.EventHeaders;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * Decides what happens to a dead letter, and ensures that no replay bills twice. Pure.
 *
 * <p>Admission checks neither the age nor the id of a replayed event. A replay is not billed a second time because it
 * keeps its id, and Credyt accepts an id once. So no rule may give an event another id at Credyt if Credyt can have the
 * event under the old one:
 *
 * <ul>
 *   <li>A new id is only for {@code ID_CONFLICT}: admission stopped it, so Credyt has never had <em>this</em> content.
 *       It is made of account, old id and content: the producer's retries of one conflicting event are dead letters of
 *       their own, and all of them get the same new id.
 *   <li>Another account gives an id that is no UUID another form at Credyt. Where Credyt can have had the event,
 *       because nothing proves that it refused it, that is a reason to skip it.
 * </ul>
 *
 * <p>The other danger is a replay that seems delivered while Credyt ignores it, because Credyt has the id with other
 * content. So {@code ID_CONFLICT} is never replayed under its old id. A risk that only an operator can judge is a
 * {@link ReplayWarning}.
 */
final class ReplayRules {
    private static final UUID CONFLICTS = UUID.fromString("0d2b7f63-7f0e-5c55-8a39-6f3f0b0d9c41");

    /** Reasons of delivery that prove that Credyt did not accept the event. */
    private static final Set<DeadLetterReason> REFUSED_FOR_SURE =
            EnumSet.of(DeadLetterReason.REJECTED, DeadLetterReason.CUSTOMER_UNKNOWN, DeadLetterReason.UNDELIVERABLE);

    /**
     * Reasons of admission after the id was remembered, so that a repeat was a duplicate, or with a more specific
     * warning.
     */
    private static final Set<DeadLetterReason> REMEMBERED = EnumSet.of(
            DeadLetterReason.TOO_OLD,
            DeadLetterReason.ID_CONFLICT,
            DeadLetterReason.UNMAPPED_CUSTOMER,
            DeadLetterReason.UNMAPPED_VENDOR);

    private final ReplayRequest request;
    private final int partitions;
    private final Function<UsageEvent, byte[]> encoder;

    /**
     * @param partitions of the replays' topic
     * @param encoder as the events' topic has them
     */
    ReplayRules(ReplayRequest request, int partitions, Function<UsageEvent, byte[]> encoder) {
        this.request = request;
        this.partitions = partitions;
        this.encoder = encoder;
    }

    /** @param original the event in the dead letter; the decision may change it */
    ReplayDecision decide(StoredDeadLetter stored, Function<StoredDeadLetter, OriginalEvent> original) {
        String answeredBy = stored.mark().map(DeadLetterMark::getJob).orElse("");
        if (request.leavesAlone(stored.state(), answeredBy)) {
            return new ReplayDecision.Skip(
                    SkipReason.ANSWERED, stored.state().name().toLowerCase(Locale.ROOT) + " in " + answeredBy);
        }
        return request.action()
                .match(
                        replay -> replayed(stored, replay, original.apply(stored)),
                        () -> new ReplayDecision.Answer(Optional.empty(), List.of(), Set.of()));
    }

    private ReplayDecision replayed(StoredDeadLetter stored, ReplayRequest.Replay replay, OriginalEvent event) {
        return event instanceof OriginalEvent.Decoded readable
                ? new EventDecision(stored, replay, readable).decide()
                : unreadable(stored, replay, ((OriginalEvent.Unreadable) event).why());
    }

    /** Replays the bytes as they are, because admission may be able to read them by now. */
    private ReplayDecision unreadable(StoredDeadLetter stored, ReplayRequest.Replay replay, String why) {
        if (stored.reference().isPresent()) {
            return new ReplayDecision.Skip(SkipReason.KEPT_IN_PART, why);
        }
        byte[] value = stored.value().orElse(null);
        if (value == null || stored.reason().equals(Optional.of(DeadLetterReason.UNDELIVERABLE))) {
            return new ReplayDecision.Skip(SkipReason.NO_EVENT, why);
        }
        if (!replay.fixes().isEmpty()) {
            return new ReplayDecision.Skip(SkipReason.CANNOT_BE_FIXED, why);
        }
        byte[] key = stored.key().orElse(null);
        int partition =
                key == null ? Math.floorMod(stored.partition(), partitions) : AccountPartition.of(key, partitions);
        Set<ReplayWarning> warnings = EnumSet.of(ReplayWarning.STILL_UNREADABLE);
        again(stored, warnings);
        return new ReplayDecision.Answer(
                Optional.of(new ReplayDecision.ReplayedRecord(partition, key, value, headers(stored))),
                List.of(),
                warnings);
    }

    private static void again(StoredDeadLetter stored, Set<ReplayWarning> warnings) {
        if (stored.mark().isPresent()) {
            warnings.add(ReplayWarning.ANSWERED_BEFORE);
        }
    }

    /**
     * The published headers, with the dead letter that this replays. An earlier one is named by the dead letter itself.
     */
    private static List<Header> headers(StoredDeadLetter stored) {
        List<Header> headers = stored.headers().stream()
                .filter(header -> !header.key().equals(EventHeaders.REPLAY_OF))
                .collect(Collectors.toCollection(ArrayList::new));
        headers.add(
                new RecordHeader(EventHeaders.REPLAY_OF, stored.letter().getId().getBytes(UTF_8)));
        return headers;
    }

    /** The decision for an event that can be read. */
    private final class EventDecision {
        private final StoredDeadLetter stored;
        private final ReplayRequest.Replay replay;
        private final UsageEvent event;
        private final byte[] published;
        private final String publishedAccount;
        private final UUID publishedId;
        private final @Nullable DeadLetterReason reason;
        private final List<Fix> fixes = new ArrayList<>();
        private boolean billableFixes;

        EventDecision(StoredDeadLetter stored, ReplayRequest.Replay replay, OriginalEvent.Decoded original) {
            this.stored = stored;
            this.replay = replay;
            this.event = original.event();
            this.published = original.published();
            this.publishedAccount = event.getAccountId();
            this.publishedId = CredytIds.ofEvent(event.getAccountId(), event.getId());
            this.reason = stored.reason().orElse(null);
        }

        ReplayDecision decide() {
            try {
                for (EventFix fix : replay.fixes()) {
                    List<Fix> changes = fix.apply(event);
                    fixes.addAll(changes);
                    billableFixes |= !changes.isEmpty() && fix.isBillable();
                }
            } catch (EventFix.BadFixException impossible) {
                return new ReplayDecision.Skip(SkipReason.CANNOT_BE_FIXED, String.valueOf(impossible.getMessage()));
            }
            if (reason == DeadLetterReason.ID_CONFLICT) {
                String fingerprint = stored.letter().getAttributes().get("fingerprint");
                if (!replay.newIds() || fingerprint == null) {
                    return new ReplayDecision.Skip(
                            SkipReason.NEEDS_NEW_ID, stored.letter().getDetail());
                }
                renew(fingerprint);
            } else if (mayBeAtCredyt() && !publishedId.equals(CredytIds.ofEvent(event.getAccountId(), event.getId()))) {
                return new ReplayDecision.Skip(
                        SkipReason.MAY_BE_BILLED,
                        "its id at Credyt is " + publishedId + " for account " + publishedAccount);
            }
            List<Violation> violations = EventRules.violations(event);
            if (!violations.isEmpty()) {
                return new ReplayDecision.Skip(
                        SkipReason.STILL_INVALID,
                        violations.stream().map(Violation::message).collect(Collectors.joining("; ")));
            }
            return new ReplayDecision.Answer(Optional.of(outgoing()), fixes, warnings());
        }

        /** Renews the ids of costs too: a UUID of a cost of the first event would also name this event's cost. */
        private void renew(String fingerprint) {
            String fresh = Uuids.v5(CONFLICTS, publishedAccount, event.getId(), fingerprint)
                    .toString();
            fixes.add(new Fix("id", event.getId(), fresh));
            event.setId(fresh);
            for (int i = 0; i < event.getCosts().size(); i++) {
                Cost cost = event.getCosts().get(i);
                if (cost.getId() != null && Uuids.parse(cost.getId()).isPresent()) {
                    fixes.add(new Fix("costs[" + i + "].id", cost.getId(), null));
                    cost.setId(null);
                }
            }
        }

        /** A replayed event may be at Credyt already, and an event that is too old may have been billed earlier. */
        private boolean mayBeAtCredyt() {
            if (stored.state() == DeadLetterState.REPLAYED || reason == DeadLetterReason.TOO_OLD) {
                return true;
            }
            return isOf(DeadLetterStage.DELIVERY)
                    ? reason == null || !REFUSED_FOR_SURE.contains(reason)
                    : stored.letter().getReplayOf() != null;
        }

        private boolean isOf(DeadLetterStage stage) {
            return stored.letter().getStage().equals(stage.word());
        }

        private ReplayDecision.ReplayedRecord outgoing() {
            byte[] account = event.getAccountId().getBytes(UTF_8);
            byte[] key =
                    event.getAccountId().equals(publishedAccount) ? stored.key().orElse(null) : account;
            byte[] value = fixes.isEmpty() ? published : Objects.requireNonNull(encoder.apply(event));
            return new ReplayDecision.ReplayedRecord(
                    AccountPartition.of(account, partitions), key, value, headers(stored));
        }

        private Set<ReplayWarning> warnings() {
            Set<ReplayWarning> warnings = EnumSet.noneOf(ReplayWarning.class);
            again(stored, warnings);
            if (reason == DeadLetterReason.ID_CONFLICT) {
                warnings.add(ReplayWarning.BILLED_IN_ADDITION);
            }
            if (reason == DeadLetterReason.TOO_OLD) {
                warnings.add(ReplayWarning.AGE_UNPROVEN);
            }
            if (reason == DeadLetterReason.TOO_LARGE && fixes.isEmpty()) {
                warnings.add(ReplayWarning.STILL_TOO_LARGE);
            }
            if (reason == DeadLetterReason.UNMAPPED_CUSTOMER || reason == DeadLetterReason.UNMAPPED_VENDOR) {
                warnings.add(ReplayWarning.WAITS_FOR_LINK);
            }
            if (reason == DeadLetterReason.NOT_BILLABLE && !billableFixes) {
                warnings.add(ReplayWarning.STILL_NOT_BILLABLE);
            }
            if (mayBeAtCredyt() && billableFixes) {
                warnings.add(ReplayWarning.FIX_MAY_BE_IGNORED);
            }
            if (isOf(DeadLetterStage.ADMISSION)
                    && stored.letter().getReplayOf() == null
                    && (reason == null || !REMEMBERED.contains(reason))) {
                warnings.add(ReplayWarning.MAY_HAVE_COME_AGAIN);
            }
            return warnings;
        }
    }

    /** The decision about a dead letter: answer it or skip it. */
    sealed interface ReplayDecision {

        /**
         * The dead letter is answered.
         *
         * @param record to write again; empty for a discard
         * @param fixes with old and new values, for the mark
         */
        record Answer(Optional<ReplayedRecord> record, List<Fix> fixes, Set<ReplayWarning> warnings)
                implements ReplayDecision {
            @Override
            public <R> R match(Function<Answer, R> onAnswer, Function<Skip, R> onSkip) {
                return onAnswer.apply(this);
            }
        }

        record Skip(SkipReason skipReason, String detail) implements ReplayDecision {
            @Override
            public <R> R match(Function<Answer, R> onAnswer, Function<Skip, R> onSkip) {
                return onSkip.apply(this);
            }
        }

        /** A record of the replays' topic. */
        @SuppressWarnings("ArrayRecordComponent") // never compared
        record ReplayedRecord(int partition, byte @Nullable [] key, byte[] value, List<Header> headers) {}

        <R> R match(Function<Answer, R> onAnswer, Function<Skip, R> onSkip);
    }
}
