package io.usageflow.forwarder.trace;

import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.forwarder.parked.ParkedDocument.WaitsFor;
import io.usageflow.forwarder.trace.FoundRecords.FoundRecord;
import io.usageflow.forwarder.trace.StageProgressReader.StageProgress;
import io.usageflow.forwarder.trace.Trace.RecordRef;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.text.CountText;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * How an event stands, in one sentence. Pure.
 *
 * @param next the command that helps, where one does
 */
public record TraceStatus(State state, String text, Optional<String> next) {
    /** How an event stands. Closed; the words are API. */
    public enum State {
        DELIVERED,
        WAITS_FOR_DELIVERY,
        WAITS_FOR_ADMISSION,
        /** Admission has read it and waits for a link. */
        PARKED,
        DEAD_LETTER,
        DISCARDED,
        /** A person has sent it again, and it has not come through yet. */
        REPLAY_UNDER_WAY,
        /** Its records do not show its outcome. */
        UNCLEAR
    }

    static TraceStatus of(String account, FoundRecords records, StageProgress progress) {
        Optional<FoundRecord<Receipt>> receipt = newest(records.receipts);
        if (receipt.isPresent()) {
            return delivered(receipt.get().value(), records);
        }
        Set<RecordRef> refused = new HashSet<>();
        records.deadLetters.forEach(
                each -> refused.add(Timeline.ref(each.value().getSource())));
        Optional<FoundRecord<DeliverableEvent>> open = newest(records.deliverables.stream()
                .filter(each -> !refused.contains(Timeline.ref(each.value().getSource())))
                .toList());
        if (open.isPresent()) {
            return admitted(open.get(), progress);
        }
        Optional<FoundRecord<DeadLetter>> letter = newest(records.deadLetters);
        if (letter.isPresent()) {
            return dead(letter.get().value(), records);
        }
        return records.published.stream()
                .filter(each -> !refused.contains(each.ref()))
                .min(Comparator.comparing(FoundRecord::at))
                .map(first -> published(account, first, progress))
                .orElseGet(() -> new TraceStatus(
                        State.UNCLEAR,
                        "no record that was read shows its outcome: see below what has expired",
                        Optional.empty()));
    }

    private static TraceStatus delivered(Receipt receipt, FoundRecords records) {
        int times = records.receipts.size();
        Receipt first = records.receipts.stream()
                .map(FoundRecord::value)
                .min(Comparator.comparing(Receipt::getAcceptedAt))
                .orElse(receipt);
        String text = (times == 1 ? "delivered once at " : "delivered at ") + first.getAcceptedAt() + ", Credyt id "
                + first.getCredytEventId()
                + (times == 1 ? "" : "; accepted " + times + " times in all under this id, which Credyt bills once");
        return open(records)
                .map(letter -> new TraceStatus(
                        State.DELIVERED,
                        text + "; another copy is a dead letter " + letter.getReason() + " that is still open",
                        Optional.of(show(letter))))
                .orElseGet(() -> new TraceStatus(State.DELIVERED, text, Optional.empty()));
    }

    /** The newest dead letter without an answer, delivered ones' own left out. */
    private static Optional<DeadLetter> open(FoundRecords records) {
        Set<String> answered = new HashSet<>();
        records.marks.forEach(mark -> answered.add(mark.value().getDeadLetterId()));
        return newest(records.deadLetters.stream()
                        .filter(each -> !answered.contains(each.value().getId()))
                        .toList())
                .map(FoundRecord::value);
    }

    private static TraceStatus admitted(FoundRecord<DeliverableEvent> event, StageProgress progress) {
        String behind = progress.behindDelivery(event.ref())
                .map(records -> records <= 0
                        ? ", which has passed it without a receipt that was read"
                        : ", " + CountText.of(records, "record") + " of its partition before its commit")
                .orElse(", which has committed nothing in its partition yet");
        return new TraceStatus(
                State.WAITS_FOR_DELIVERY,
                "admitted at " + event.value().getAdmittedAt() + " and waits for delivery" + behind,
                Optional.of("usageflow ledger"));
    }

    private static TraceStatus dead(DeadLetter letter, FoundRecords records) {
        Optional<DeadLetterMark> mark = newest(records.marks.stream()
                        .filter(each -> each.value().getDeadLetterId().equals(letter.getId()))
                        .toList())
                .map(FoundRecord::value);
        if (mark.isEmpty()) {
            return new TraceStatus(
                    State.DEAD_LETTER,
                    "dead letter " + letter.getReason() + " since " + letter.getFirstFailedAt() + ", not replayed",
                    Optional.of(show(letter)));
        }
        String by = " by " + mark.get().getWho() + " at " + mark.get().getMarkedAt() + ": "
                + mark.get().getWhy();
        return mark.get().getState().equals("DISCARDED")
                ? new TraceStatus(
                        State.DISCARDED, "dead letter " + letter.getReason() + ", discarded" + by, Optional.empty())
                : new TraceStatus(
                        State.REPLAY_UNDER_WAY,
                        "dead letter " + letter.getReason() + ", replayed" + by
                                + "; the replay has not come through yet",
                        Optional.of("usageflow ledger"));
    }

    private static TraceStatus published(String account, FoundRecord<UsageEvent> event, StageProgress progress) {
        Optional<Long> behind = progress.behindAdmission(event.ref());
        if (behind.isEmpty() || behind.get() > 0) {
            return new TraceStatus(
                    State.WAITS_FOR_ADMISSION,
                    "published at " + event.at() + " and waits for admission"
                            + behind.map(records -> ", which is " + CountText.of(records, "record") + " before it")
                                    .orElse(", which has committed nothing in its partition yet"),
                    Optional.of("usageflow ledger"));
        }
        if (progress.notParked().contains(account)) {
            return new TraceStatus(
                    State.UNCLEAR,
                    "published at " + event.at()
                            + " and read by admission, which has neither parked it nor handed it on:"
                            + " most likely a repeat of an event whose own records have expired",
                    Optional.empty());
        }
        // Read, neither admitted nor refused nor a repeat: there is nothing else it could be.
        return progress.parked(account)
                .map(parked -> new TraceStatus(
                        State.PARKED,
                        "published at " + event.at() + " and parked since " + parked.oldestSince() + ": waits "
                                + waits(parked.waitsFor()),
                        Optional.of(parked.waitsFor().remedy())))
                .orElseGet(() -> new TraceStatus(
                        State.PARKED,
                        "published at " + event.at() + ", read by admission and parked: it waits for a link of account "
                                + account + " or of a vendor of its costs, or to be billable",
                        Optional.of(LinkKind.CUSTOMER.putCommand(account))));
    }

    private static String waits(WaitsFor what) {
        return switch (what.why()) {
            case NO_LINK, LINK_UNREADABLE, EVENT_UNREADABLE ->
                "for the " + what.link().name().toLowerCase(Locale.ROOT) + " link of " + what.name();
            case NOT_BILLABLE -> "until Credyt will bill the oldest event of the account";
            case CATALOGUE_NOT_READ -> "until Credyt's catalogue was read";
        };
    }

    private static String show(DeadLetter letter) {
        return "usageflow dead-letters show " + letter.getId();
    }

    private static <T> Optional<FoundRecord<T>> newest(List<FoundRecord<T>> seen) {
        return seen.stream()
                .max(Comparator.comparing((FoundRecord<T> each) -> each.at())
                        .thenComparing(each -> each.ref().offset()));
    }
}
