package io.usageflow.forwarder.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.lookup.Reply;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.id.Uuids;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * The ids that Credyt listed, until they are looked for in the topics together: reading a topic costs the same for one id
 * and for a million. What no topic knows is asked for by its id before it is called unknown. Not thread-safe.
 */
final class UnknownRound {
    private static final int IDS_MAX = 1_000_000;
    /** More than the pages of one round of answers can bring. */
    private static final int ROOM = 100_000;

    private static final int ASKED_AT_ONCE = 200;
    /** Between Credyt's clock and ours, and between the acceptance of an event and the record of its receipt. */
    private static final Duration MARGIN = Duration.ofMinutes(10);

    private final UnknownBook book;
    private final Inquiry inquiry;
    private final UnknownListener listener;
    private final List<Map.Entry<String, Customers.Who>> customers;
    private final SentIds sent;
    private final IdTable ids = new IdTable(IDS_MAX + ROOM);
    /** An event is listed again where a list is read a second time, perhaps in another round. */
    private final IdTable reported = new IdTable(IDS_MAX);

    private final List<Finding> foreign = new ArrayList<>();
    private long readingNanos;

    private record Suspect(UUID id, Map.Entry<String, Customers.Who> customer) {}

    UnknownRound(
            Settings settings,
            UnknownBook book,
            Inquiry inquiry,
            UnknownListener listener,
            List<Map.Entry<String, Customers.Who>> customers,
            BooleanSupplier stopped) {
        this.book = book;
        this.inquiry = inquiry;
        this.listener = listener;
        this.customers = customers;
        this.sent = new SentIds(settings, stopped);
    }

    /** @param customer whose list it is, as its place among the customers */
    void take(int customer, List<JsonNode> items) {
        Map.Entry<String, Customers.Who> whose = customers.get(customer);
        for (JsonNode item : items) {
            JsonNode named = item.path("customer_id");
            if (named.isTextual() && !named.textValue().equals(whose.getKey())) {
                continue; // A filter that was not heeded: the event is looked at where its own customer is.
            }
            book.count(UnknownCount.EVENTS_LISTED, 1);
            if (timeOf(item).map(book::contains).orElse(true)) {
                take(customer, item);
            }
        }
    }

    private void take(int customer, JsonNode item) {
        String id = item.path("id").textValue();
        Optional<UUID> uuid = Uuids.parse(id);
        boolean fresh = uuid.map(one -> ids.add(one, customer)).orElse(true);
        if (fresh) {
            book.count(UnknownCount.EVENTS_IN_PERIOD, 1);
        }
        if (uuid.isEmpty()) {
            foreign.add(finding(
                    FindingKind.UNKNOWN_TO_US,
                    subject(id, customers.get(customer), item),
                    "its id is no UUID: nothing here sends such ids"));
        }
    }

    /** Whether it is to be judged before more is taken. */
    boolean isFull() {
        return ids.added() >= IDS_MAX || foreign.size() >= ROOM;
    }

    /** Looks for what was taken, and empties the round; false where it was stopped before all was judged. */
    boolean judge() throws InterruptedException {
        tell(foreign);
        foreign.clear();
        if (ids.size() == 0) {
            return true;
        }
        long began = System.nanoTime();
        int listed = ids.size();
        Optional<SentIds.Reach> reach = sent.takeReceipts(ids);
        if (reach.isEmpty()) {
            return false;
        }
        book.unreadable(sent.unreadable());
        book.count(UnknownCount.WITH_RECEIPT, listed - ids.size());
        int without = ids.size();
        // Handed to delivery before Credyt could have it: whatever is on its way stands there.
        if (without > 0 && !sent.takeDeliverables(ids)) {
            return false;
        }
        book.unreadable(sent.unreadable());
        book.count(UnknownCount.SENT_WITHOUT_RECEIPT, without - ids.size());
        readingNanos = System.nanoTime() - began;
        boolean whole = named(reach.get());
        ids.clear();
        return whole;
    }

    /** How long topics were read for the last judgement. */
    long readingNanos() {
        return readingNanos;
    }

    private boolean named(SentIds.Reach reach) throws InterruptedException {
        List<Suspect> some = new ArrayList<>();
        boolean[] whole = {true};
        ids.forEach((id, customer) -> {
            if (reported.isFull() || reported.add(id, 0)) {
                some.add(new Suspect(id, customers.get(customer)));
            }
            if (some.size() >= ASKED_AT_ONCE) {
                whole[0] = whole[0] && ask(some, reach);
                some.clear();
            }
        });
        return whole[0] && ask(some, reach);
    }

    private boolean ask(List<Suspect> suspects, SentIds.Reach reach) throws InterruptedException {
        if (suspects.isEmpty()) {
            return true;
        }
        Optional<List<Reply>> replies = inquiry.ask(suspects.stream()
                .map(suspect -> Inquiry.Question.ofEvent(suspect.id().toString(), false))
                .toList());
        if (replies.isEmpty()) {
            return false;
        }
        List<Finding> findings = new ArrayList<>();
        for (int i = 0; i < suspects.size(); i++) {
            findings.add(judged(suspects.get(i), replies.get().get(i), reach));
        }
        tell(findings);
        listener.advanced(book.summary(), customers.size());
        return true;
    }

    private static Finding judged(Suspect suspect, Reply reply, SentIds.Reach reach) {
        String id = suspect.id().toString();
        JsonNode nothing = MissingNode.getInstance();
        return reply.match(
                found -> judged(subject(id, suspect.customer(), found.event()), "", reach),
                absent -> finding(
                        FindingKind.UNCHECKED,
                        subject(id, suspect.customer(), nothing),
                        "Credyt lists it, and does not have it when it is asked for by its id"),
                unanswered -> judged(
                        subject(id, suspect.customer(), nothing),
                        "; Credyt listed it and said no more of it: " + unanswered.why(),
                        reach));
    }

    private static Finding judged(Subject subject, String more, SentIds.Reach reach) {
        Optional<Instant> since = reach.of(List.of(subject.account().split(" ", -1)));
        boolean old = since.isPresent()
                && subject.acceptedAt()
                        .map(at -> since.get().equals(Instant.MAX)
                                || at.isBefore(since.get().plus(MARGIN)))
                        .orElse(true);
        if (!old) {
            return finding(FindingKind.UNKNOWN_TO_US, subject, "no receipt, and never handed to delivery" + more);
        }
        return finding(
                FindingKind.UNCHECKED,
                subject,
                (since.get().equals(Instant.MAX)
                                ? "the receipts of its account's partition have expired"
                                : "receipts begin at " + since.get())
                        + ": whether it was sent cannot be told" + more);
    }

    /** A list that may be longer than what was seen of it. */
    void unproved(Customers.Who who, String why) {
        book.count(UnknownCount.LISTS_NOT_PROVED_WHOLE, 1);
        Finding finding = finding(
                FindingKind.UNCHECKED,
                new Subject(
                        "",
                        "",
                        String.join(" ", who.accounts()),
                        reference(who),
                        Optional.empty(),
                        Optional.empty(),
                        Subject.Place.NONE,
                        Subject.Place.NONE),
                "the list of the customer's events was not, or not provably, read whole: " + why);
        book.found(List.of(finding));
        listener.found(finding);
    }

    private void tell(List<Finding> findings) {
        book.found(findings);
        for (Finding finding : findings) {
            book.count(
                    finding.kind() == FindingKind.UNKNOWN_TO_US ? UnknownCount.UNKNOWN_TO_US : UnknownCount.UNCHECKED,
                    1);
            listener.found(finding);
        }
    }

    private static Finding finding(FindingKind kind, Subject subject, String detail) {
        return new Finding(kind, subject, List.of(), detail);
    }

    private static Subject subject(String id, Map.Entry<String, Customers.Who> customer, JsonNode event) {
        JsonNode type = event.path("event_type");
        return new Subject(
                "",
                id,
                String.join(" ", customer.getValue().accounts()),
                reference(customer.getValue()),
                timeOf(event),
                Optional.ofNullable(type.textValue()),
                Subject.Place.NONE,
                Subject.Place.NONE);
    }

    private static CredytReference reference(Customers.Who who) {
        return new CredytReference(who.reference().kind(), who.reference().value());
    }

    /** When Credyt took it; where it does not say so, when it occurred. */
    static Optional<Instant> timeOf(JsonNode event) {
        return time(event.path("created_at")).or(() -> time(event.path("occurred_at")));
    }

    private static Optional<Instant> time(JsonNode text) {
        try {
            return Optional.ofNullable(text.textValue())
                    .map(OffsetDateTime::parse)
                    .map(OffsetDateTime::toInstant);
        } catch (DateTimeException noTime) {
            return Optional.empty();
        }
    }
}
