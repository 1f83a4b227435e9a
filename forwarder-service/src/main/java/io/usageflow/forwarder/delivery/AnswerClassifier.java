package io.usageflow.forwarder.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.RetryAfter;
import io.usageflow.forwarder.delivery.ErrorBody.Complaint;
import io.usageflow.forwarder.delivery.Outcome.Accepted;
import io.usageflow.forwarder.delivery.Outcome.CustomerTrouble;
import io.usageflow.forwarder.delivery.Outcome.Divided;
import io.usageflow.forwarder.delivery.Outcome.Halt;
import io.usageflow.forwarder.delivery.Outcome.Part;
import io.usageflow.forwarder.delivery.Outcome.Refused;
import io.usageflow.forwarder.delivery.Outcome.Retry;
import io.usageflow.forwarder.delivery.Outcome.TooLarge;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What an answer means: one pure function, and the table of what Credyt may say. Where the API's documents are silent
 * every sensible answer is understood (CREDYT-API.md, 6); where an answer is ambiguous the reading is taken under which
 * no event is lost and none is declared dead: sending an event again is always safe, its id makes it so.
 */
final class AnswerClassifier {
    /** Said of the request. Nothing looser: a field of one event may be too long as well. */
    private static final Pattern REQUEST_TOO_LARGE = Pattern.compile("too large|too many events|payload size"
            + "|(at most|no more than|maximum of|up to|limit of) \\d+ (events|items)");

    /** Said of the {@code events} as a whole. */
    private static final Pattern EVENTS_TOO_MANY =
            Pattern.compile("too (large|long|many|big)|at most|no more than|up to|exceed|maximum");

    private static final String SAYS_NOTHING = "{}";

    private AnswerClassifier() {}

    /**
     * @param ids of the request's events at Credyt, in order, at least one
     * @param now for a Retry-After with a date, where the answer has no Date of its own
     */
    static Outcome classify(Answer answer, List<String> ids, Instant now) {
        if (answer instanceof Answer.Failure failure) {
            return new Retry(failure.detail(), Optional.empty(), failure.timeout());
        }
        var response = (Answer.Response) answer;
        int status = response.status();
        if (status >= 200 && status < 300) {
            return success(response, ids);
        }
        if (status >= 300 && status < 400) {
            return new Halt(Circuit.Cause.REDIRECTED, "HTTP " + status);
        }
        return switch (status) {
            case 401, 403, 407 -> new Halt(Circuit.Cause.AUTH, "HTTP " + status);
            case 408, 425 -> retry(response, false, now);
            case 429, 503 -> retry(response, true, now);
            case 413 ->
                ids.size() == 1 ? refused(status, ErrorBody.parse(response.body()), false) : new TooLarge(status);
            case 409 -> conflict(response, ids, now);
            case 404, 410 -> missing(response, ids);
            default -> status >= 400 && status < 500 ? refusal(response, ids) : retry(response, status == 504, now);
        };
    }

    private static Outcome success(Answer.Response response, List<String> ids) {
        int status = response.status();
        String body = response.body().strip();
        if (response.incomplete()) {
            // Failures may stand in the part that was not read.
            return new Retry("HTTP " + status + " with an answer that is not complete", Optional.empty(), false);
        }
        if (status == 204 || body.isEmpty() || body.equals(SAYS_NOTHING)) {
            return new Accepted(status, Set.of());
        }
        Optional<JsonNode> json = isHtml(response, body) ? Optional.empty() : ErrorBody.json(body);
        if (json.isEmpty()) {
            return new Retry("HTTP " + status + " with a body that is not JSON: a proxy?", Optional.empty(), false);
        }
        ItemResults results = ItemResults.of(json.get(), ids);
        boolean allWell = results.parts().values().stream().allMatch(part -> part == Part.KNOWN);
        if (allWell && !results.unplaced()) {
            return new Accepted(status, results.parts().keySet());
        }
        if (ids.size() == 1) {
            return results.parts().get(0) == Part.LATER
                    ? new Retry("HTTP " + status + ", event failed for now", Optional.empty(), false)
                    : refused(status, ErrorBody.parse(body), false);
        }
        if (results.unplaced()) {
            return refused(status, ErrorBody.parse(body), false);
        }
        Map<Integer, Part> parts = new HashMap<>(results.parts());
        for (int i = 0; i < ids.size(); i++) {
            parts.putIfAbsent(i, Part.ACCEPTED);
        }
        return new Divided(status, parts);
    }

    /** 409: the ids exist, unless the body says that something else conflicts. */
    private static Outcome conflict(Answer.Response response, List<String> ids, Instant now) {
        ErrorBody body = ErrorBody.parse(response.body());
        if (body.complaints().isEmpty() && body.saysBusy() && !body.saysExists()) {
            return retry(response, false, now);
        }
        if (body.mentionsCustomer() && !body.saysExists()) {
            return new CustomerTrouble(response.status(), true);
        }
        if (!body.complaints().isEmpty()
                && body.complaints().stream().noneMatch(complaint -> namesId(complaint, ids))) {
            return refusal(response, ids);
        }
        return existing(response.status(), body, ids);
    }

    private static Outcome missing(Answer.Response response, List<String> ids) {
        ErrorBody body = ErrorBody.parse(response.body());
        boolean aboutEvents =
                body.complaints().stream().anyMatch(complaint -> complaint.key().isEventField());
        return aboutEvents ? refusal(response, ids) : new CustomerTrouble(response.status(), body.mentionsCustomer());
    }

    /** 400, 422 and every 4xx that has no meaning of its own here. */
    private static Outcome refusal(Answer.Response response, List<String> ids) {
        int status = response.status();
        ErrorBody body = ErrorBody.parse(response.body());
        if (body.namesCustomer()) {
            return new CustomerTrouble(status, true);
        }
        if (ids.size() > 1 && saysTooLarge(body)) {
            return new TooLarge(status);
        }
        boolean onlyIds = body.complaints().isEmpty()
                ? body.saysExists()
                : body.complaints().stream().allMatch(c -> namesId(c, ids) && c.saysExists());
        if (onlyIds && status != 409) {
            return existing(status, body, ids);
        }
        Map<Integer, Part> parts = accused(body, ids);
        return ids.size() == 1 || parts.isEmpty() ? refused(status, body, true) : new Divided(status, parts);
    }

    /**
     * Ids exist. Known for certain is only what is named by its id, or the whole batch; an event that is named by index
     * is asked alone, since taking a wrong index for delivered would lose an event.
     */
    private static Outcome existing(int status, ErrorBody body, List<String> ids) {
        if (ids.size() == 1) {
            return new Accepted(status, Set.of(0));
        }
        Map<Integer, Part> parts = accused(body, ids);
        for (Complaint complaint : body.complaints()) {
            complaint
                    .id()
                    .map(ids::indexOf)
                    .filter(i -> i >= 0 && namesId(complaint, ids))
                    .ifPresent(i -> parts.put(i, Part.KNOWN));
        }
        if (parts.size() == ids.size()) {
            parts.replaceAll((index, part) -> Part.KNOWN);
        }
        return parts.isEmpty() ? new Refused(status, false, true, "exists") : new Divided(status, parts);
    }

    private static Map<Integer, Part> accused(ErrorBody body, List<String> ids) {
        Map<Integer, Part> parts = new HashMap<>();
        for (Complaint complaint : body.complaints()) {
            int byId = complaint.id().map(ids::indexOf).orElse(-1);
            int index = byId >= 0 ? byId : complaint.key().index().orElse(-1);
            if (index >= 0 && index < ids.size()) {
                parts.put(index, Part.ACCUSED);
            }
        }
        return parts;
    }

    private static boolean namesId(Complaint complaint, List<String> ids) {
        return complaint.key().isEventId()
                || (complaint.key().field().isEmpty()
                        && complaint.id().filter(ids::contains).isPresent());
    }

    private static Refused refused(int status, ErrorBody body, boolean mayBeCustomer) {
        boolean aboutEvents =
                body.complaints().stream().anyMatch(complaint -> complaint.key().isEventField());
        return new Refused(status, mayBeCustomer && !aboutEvents, false, status + " " + body.likeness());
    }

    private static boolean saysTooLarge(ErrorBody body) {
        String text = body.summary().toLowerCase(Locale.ROOT);
        return REQUEST_TOO_LARGE.matcher(text).find()
                || body.complaints().stream().anyMatch(AnswerClassifier::saysTooMany);
    }

    private static boolean saysTooMany(Complaint complaint) {
        return complaint.key().index().isEmpty()
                && complaint.key().field().equals("events")
                && EVENTS_TOO_MANY
                        .matcher(complaint.message().toLowerCase(Locale.ROOT))
                        .find();
    }

    private static Retry retry(Answer.Response response, boolean overload, Instant now) {
        Optional<Duration> floor = RetryAfter.of(response, now);
        return new Retry("HTTP " + response.status(), floor, overload);
    }

    private static boolean isHtml(Answer.Response response, String body) {
        return response.header("content-type")
                        .map(type -> type.toLowerCase(Locale.ROOT))
                        .orElse("")
                        .contains("html")
                || body.startsWith("<");
    }
}
