package io.usageflow.forwarder.trace;

import io.usageflow.forwarder.trace.Sightings.Seen;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.UsageEvent;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How an event stands, in one sentence. Pure.
 *
 * @param next the command that helps, where one does
 */
public record Verdict(State state, String text, Optional<String> next) {
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
        /** Something is known of it, and not how it stands. */
        UNCLEAR
    }

    static Verdict of(String account, Sightings sightings, Surroundings around) {
        Optional<Seen<Receipt>> receipt = newest(sightings.receipts);
        if (receipt.isPresent()) {
            return delivered(receipt.get().value(), sightings);
        }
        Set<Place> refused = new HashSet<>();
        sightings.deadLetters.forEach(
                each -> refused.add(Timeline.place(each.value().getSource())));
        Optional<Seen<DeliverableEvent>> open = newest(sightings.deliverables.stream()
                .filter(each -> !refused.contains(Timeline.place(each.value().getSource())))
                .toList());
        if (open.isPresent()) {
            return admitted(open.get(), around);
        }
        Optional<Seen<DeadLetter>> letter = newest(sightings.deadLetters);
        if (letter.isPresent()) {
            return dead(letter.get().value(), sightings);
        }
        return sightings.published.stream()
                .filter(each -> !refused.contains(each.place()))
                .min(Comparator.comparing(Seen::at))
                .map(first -> published(account, first, around))
                .orElseGet(() -> new Verdict(
                        State.UNCLEAR,
                        "what became of it stands in no record that was read: see below what has expired",
                        Optional.empty()));
    }

    private static Verdict delivered(Receipt receipt, Sightings sightings) {
        int times = sightings.receipts.size();
        Receipt first = sightings.receipts.stream()
                .map(Seen::value)
                .min(Comparator.comparing(Receipt::getAcceptedAt))
                .orElse(receipt);
        String text = (times == 1 ? "delivered once at " : "delivered at ") + first.getAcceptedAt() + ", Credyt id "
                + first.getCredytEventId()
                + (times == 1 ? "" : "; accepted " + times + " times in all under this id, which Credyt bills once");
        return open(sightings)
                .map(letter -> new Verdict(
                        State.DELIVERED,
                        text + "; another copy is a dead letter " + letter.getReason() + " that nobody has answered",
                        Optional.of(show(letter))))
                .orElseGet(() -> new Verdict(State.DELIVERED, text, Optional.empty()));
    }

    /** The newest dead letter without an answer, delivered ones' own left out. */
    private static Optional<DeadLetter> open(Sightings sightings) {
        Set<String> answered = new HashSet<>();
        sightings.marks.forEach(mark -> answered.add(mark.value().getDeadLetterId()));
        return newest(sightings.deadLetters.stream()
                        .filter(each -> !answered.contains(each.value().getId()))
                        .toList())
                .map(Seen::value);
    }

    private static Verdict admitted(Seen<DeliverableEvent> event, Surroundings around) {
        String behind = around.behindDelivery(event.place())
                .map(records -> records <= 0
                        ? ", which has passed it without a receipt that was read"
                        : ", " + records + " records of its partition before its commit")
                .orElse(", which has committed nothing in its partition yet");
        return new Verdict(
                State.WAITS_FOR_DELIVERY,
                "admitted at " + event.value().getAdmittedAt() + " and waits for delivery" + behind,
                Optional.of("usageflow ledger"));
    }

    private static Verdict dead(DeadLetter letter, Sightings sightings) {
        Optional<DeadLetterMark> mark = newest(sightings.marks.stream()
                        .filter(each -> each.value().getDeadLetterId().equals(letter.getId()))
                        .toList())
                .map(Seen::value);
        if (mark.isEmpty()) {
            return new Verdict(
                    State.DEAD_LETTER,
                    "dead letter " + letter.getReason() + " since " + letter.getFirstFailedAt() + ", not replayed",
                    Optional.of(show(letter)));
        }
        String by = " by " + mark.get().getWho() + " at " + mark.get().getMarkedAt() + ": "
                + mark.get().getWhy();
        return mark.get().getState().equals("DISCARDED")
                ? new Verdict(
                        State.DISCARDED, "dead letter " + letter.getReason() + ", discarded" + by, Optional.empty())
                : new Verdict(
                        State.REPLAY_UNDER_WAY,
                        "dead letter " + letter.getReason() + ", replayed" + by
                                + "; the replay has not come through yet",
                        Optional.of("usageflow ledger"));
    }

    private static Verdict published(String account, Seen<UsageEvent> event, Surroundings around) {
        Optional<Long> behind = around.behindAdmission(event.place());
        if (behind.isEmpty() || behind.get() > 0) {
            return new Verdict(
                    State.WAITS_FOR_ADMISSION,
                    "published at " + event.at() + " and waits for admission"
                            + behind.map(records -> ", which is " + records + " records before it")
                                    .orElse(", which has committed nothing in its partition yet"),
                    Optional.of("usageflow ledger"));
        }
        if (around.notParked().contains(account)) {
            return new Verdict(
                    State.UNCLEAR,
                    "published at " + event.at()
                            + " and read by admission, which has neither parked it nor handed it on:"
                            + " most likely a repeat of an event whose own records have expired",
                    Optional.empty());
        }
        // Read, neither admitted nor refused nor a repeat: there is nothing else it could be.
        return around.parked(account)
                .map(parked -> new Verdict(
                        State.PARKED,
                        "published at " + event.at() + " and parked since " + parked.since() + ": waits for the "
                                + parked.link() + " link of " + parked.name(),
                        Optional.of(parked.remedy())))
                .orElseGet(() -> new Verdict(
                        State.PARKED,
                        "published at " + event.at() + ", read by admission and parked: it waits for a link of account "
                                + account + " or of a vendor of its costs",
                        Optional.of("usageflow links put --account " + account + " --customer-external-id ...")));
    }

    private static String show(DeadLetter letter) {
        return "usageflow dead-letters show " + letter.getId();
    }

    private static <T> Optional<Seen<T>> newest(List<Seen<T>> seen) {
        return seen.stream()
                .max(Comparator.comparing((Seen<T> each) -> each.at())
                        .thenComparing(each -> each.place().offset()));
    }
}
