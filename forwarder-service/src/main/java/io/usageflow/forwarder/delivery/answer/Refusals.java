package io.usageflow.forwarder.delivery.answer;

import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.RetryAfter;
import io.usageflow.forwarder.delivery.answer.ErrorBody.Complaint;
import io.usageflow.forwarder.delivery.answer.Outcome.Accepted;
import io.usageflow.forwarder.delivery.answer.Outcome.CustomerTrouble;
import io.usageflow.forwarder.delivery.answer.Outcome.ItemResult;
import io.usageflow.forwarder.delivery.answer.Outcome.Partial;
import io.usageflow.forwarder.delivery.answer.Outcome.Refused;
import io.usageflow.forwarder.delivery.answer.Outcome.TooLarge;
import io.usageflow.forwarder.delivery.answer.Outcome.Unclear;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Classifies a 400, 409 or 422 of Credyt. Pure; part of {@link AnswerClassifier}. */
final class Refusals {
    /** Means the request is too large. Strict, since a field of one event may be too long as well. */
    private static final Pattern REQUEST_TOO_LARGE = Pattern.compile("too large|too many events|payload size"
            + "|(at most|no more than|maximum of|up to|limit of) \\d+ (events|items)");

    /** The same in a message about the field {@code events}. */
    private static final Pattern EVENTS_TOO_MANY =
            Pattern.compile("too (large|long|many|big)|at most|no more than|up to|exceed|maximum");

    private Refusals() {}

    static Outcome of(Answer.Response response, ErrorBody body, List<String> ids, Instant now) {
        int status = response.status();
        boolean conflict = status == 409;
        List<Complaint> complaints = body.complaints();
        if (body.namesCustomer()) {
            return new CustomerTrouble(status, !complaints.isEmpty());
        }
        if (ids.size() > 1 && saysTooLarge(body)) {
            return new TooLarge(status, true, RetryAfter.of(response, now));
        }
        boolean proved = complaints.isEmpty()
                ? body.codeSaysExists(conflict)
                : complaints.stream().allMatch(complaint -> complaint.provesExistence(ids, conflict));
        if (proved) {
            return existing(status, body, ids, conflict);
        }
        Map<Integer, ItemResult> results = suspects(body, ids);
        boolean seemsToExist = complaints.isEmpty()
                ? body.saysExists()
                : complaints.stream().anyMatch(complaint -> mayMeanExistence(complaint, ids, conflict))
                        || (conflict
                                && complaints.stream().noneMatch(c -> c.key().isEventField()));
        if (ids.size() > 1) {
            return results.isEmpty()
                    ? seemsToExist ? new Refused(status, false, true, "exists") : refused(status, body, true)
                    : new Partial(status, results, "");
        }
        Refused refusal = refused(status, body, true);
        // A text may repeat the producer's values, so the event is looked up first.
        return seemsToExist
                ? new Unclear(
                        status,
                        body.words(),
                        true,
                        RetryAfter.of(response, now),
                        conflict ? Optional.empty() : Optional.of(refusal))
                : refusal;
    }

    /** Whether it may mean that the event exists: by its text, or by naming the event in a 409. */
    private static boolean mayMeanExistence(Complaint complaint, List<String> ids, boolean conflict) {
        boolean ofTheEvent =
                complaint.key().isIdField() || complaint.key().field().isEmpty() || complaint.namedIn(ids) >= 0;
        return ofTheEvent && (conflict || complaint.saysExists());
    }

    /**
     * Handles existing ids. Only an event named by id, or the whole batch, is certainly known. An event named by index
     * is sent alone, because a wrong index would lose an event.
     */
    static Outcome existing(int status, ErrorBody body, List<String> ids, boolean conflict) {
        if (ids.size() == 1) {
            return new Accepted(status, Set.of(0));
        }
        Map<Integer, ItemResult> results = suspects(body, ids);
        for (Complaint complaint : body.complaints()) {
            int named = complaint.namedIn(ids);
            if (named >= 0 && complaint.provesExistence(ids, conflict)) {
                results.put(named, ItemResult.KNOWN);
            }
        }
        if (results.size() == ids.size()) {
            results.replaceAll((index, result) -> ItemResult.KNOWN);
        }
        return results.isEmpty() ? new Refused(status, false, true, "exists") : new Partial(status, results, "");
    }

    static Refused refused(int status, ErrorBody body, boolean mayBeCustomer) {
        boolean aboutEvents =
                body.complaints().stream().anyMatch(complaint -> complaint.key().isEventField());
        return new Refused(status, mayBeCustomer && !aboutEvents, false, status + " " + body.refusalKind());
    }

    private static Map<Integer, ItemResult> suspects(ErrorBody body, List<String> ids) {
        Map<Integer, ItemResult> results = new HashMap<>();
        for (Complaint complaint : body.complaints()) {
            int named = complaint.namedIn(ids);
            int index = named >= 0 ? named : complaint.key().index().orElse(-1);
            if (index >= 0 && index < ids.size()) {
                results.put(index, ItemResult.SUSPECT);
            }
        }
        return results;
    }

    private static boolean saysTooLarge(ErrorBody body) {
        String text = body.summary().toLowerCase(Locale.ROOT);
        return REQUEST_TOO_LARGE.matcher(text).find()
                || body.complaints().stream().anyMatch(Refusals::saysTooMany);
    }

    private static boolean saysTooMany(Complaint complaint) {
        return complaint.key().index().isEmpty()
                && complaint.key().field().equals("events")
                && EVENTS_TOO_MANY
                        .matcher(complaint.message().toLowerCase(Locale.ROOT))
                        .find();
    }
}
