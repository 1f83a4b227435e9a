package io.usageflow.forwarder.delivery.answer;

import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.RetryAfter;
import io.usageflow.forwarder.delivery.answer.Outcome.Accepted;
import io.usageflow.forwarder.delivery.answer.Outcome.CustomerTrouble;
import io.usageflow.forwarder.delivery.answer.Outcome.Halt;
import io.usageflow.forwarder.delivery.answer.Outcome.ItemResult;
import io.usageflow.forwarder.delivery.answer.Outcome.OutageCause;
import io.usageflow.forwarder.delivery.answer.Outcome.Partial;
import io.usageflow.forwarder.delivery.answer.Outcome.Refused;
import io.usageflow.forwarder.delivery.answer.Outcome.Retry;
import io.usageflow.forwarder.delivery.answer.Outcome.TooLarge;
import io.usageflow.forwarder.delivery.answer.Outcome.Unclear;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an answer means: one pure function, and the table of what Credyt may say. Where the API's documents are silent
 * every sensible answer is understood (docs/credyt-api.md, 6). Three rules hold for every answer (docs/decisions/0014):
 *
 * <ol>
 *   <li><em>Settled needs evidence.</em> A 2xx that says nothing of the events, a word for the event that is known to mean
 *       success, or a refusal by Credyt whose 409, code or id field says that the event exists. An unknown word, a body that
 *       was not understood, and a text that may repeat a value of the producer's are none.
 *   <li><em>Condemned needs Credyt's word.</em> Only 400, 409, 413 and 422, with a body that is Credyt's by type and
 *       shape, and the same statuses of a single event in a 2xx, can refuse an event. Every other 4xx speaks of the account,
 *       the route or the request, and so does what a gateway says: it holds, as an outage does.
 *   <li><em>What stays unclear is asked</em>, event by event, before anything is concluded ({@link Unclear}). Until then the
 *       event is neither settled nor dead: sending it again is always safe, its id makes it so.
 * </ol>
 */
public final class AnswerClassifier {
    private static final int PLAIN_WORD_MAX = 40;

    private AnswerClassifier() {}

    /**
     * @param ids of the request's events at Credyt, in order, at least one
     * @param now for a Retry-After with a date, where the answer has no Date of its own
     */
    public static Outcome classify(Answer answer, List<String> ids, Instant now) {
        if (answer instanceof Answer.Failure failure) {
            return new Retry(failure.detail(), Optional.empty(), failure.timeout());
        }
        var response = (Answer.Response) answer;
        int status = response.status();
        if (status >= 200 && status < 300) {
            return success(response, ids, now);
        }
        if (status >= 300 && status < 400) {
            return new Halt(OutageCause.REDIRECTED, "HTTP " + status, RetryAfter.of(response, now));
        }
        return switch (status) {
            case 401, 403, 407 -> new Halt(OutageCause.AUTH, "HTTP " + status, RetryAfter.of(response, now));
            case 408, 425 -> retry(response, false, now);
            case 429, 503 -> retry(response, true, now);
            case 413 -> tooLarge(response, ids, now);
            case 409 -> conflict(response, ids, now);
            case 404, 410 -> missing(response, now);
            case 400, 422 ->
                ErrorBody.ofCredyt(response)
                        .map(body -> Refusals.of(response, body, ids, now))
                        .orElseGet(() -> notOfTheEvents(response, now));
            default ->
                status >= 400 && status < 500 ? notOfTheEvents(response, now) : retry(response, status == 504, now);
        };
    }

    private static Outcome success(Answer.Response response, List<String> ids, Instant now) {
        int status = response.status();
        String body = response.body().strip();
        if (response.incomplete()) {
            return unclear(response, "an answer that is not complete", false, now);
        }
        if (status == 204 || body.isEmpty() || isPlainWord(response, body)) {
            return new Accepted(status, Set.of());
        }
        if (isPage(response, body)) {
            return unclear(response, "a web page or XML", false, now);
        }
        return ErrorBody.json(body)
                .map(json -> items(response, ItemResults.of(json, ids), ids, now))
                .orElseGet(() -> unclear(response, "a body that is not JSON: " + body, false, now));
    }

    /** As empty as an empty body: {@code Accepted}, {@code OK}. */
    private static boolean isPlainWord(Answer.Response response, String body) {
        return response.header("content-type")
                        .orElse("")
                        .toLowerCase(Locale.ROOT)
                        .startsWith("text/plain")
                && body.length() <= PLAIN_WORD_MAX
                && StatusWord.of(body) == StatusWord.ACCEPTED;
    }

    private static Outcome items(Answer.Response response, ItemResults body, List<String> ids, Instant now) {
        int status = response.status();
        Map<Integer, ItemResult> results = new HashMap<>(body.results());
        for (int i = 0; i < ids.size(); i++) {
            results.putIfAbsent(i, body.doubt().isPresent() ? ItemResult.UNCLEAR : ItemResult.ACCEPTED);
        }
        if (results.values().stream().allMatch(result -> result == ItemResult.ACCEPTED || result == ItemResult.KNOWN)) {
            return new Accepted(status, indices(results, ItemResult.KNOWN));
        }
        String word = body.doubt().orElse(body.word());
        if (indices(results, ItemResult.UNCLEAR).size() == ids.size()) {
            return unclear(response, word, true, now);
        }
        if (ids.size() > 1) {
            return new Partial(status, results, word);
        }
        if (results.get(0) == ItemResult.LATER) {
            return new Retry("HTTP " + status + ", event failed for now", RetryAfter.of(response, now), false);
        }
        return body.refused() && ErrorBody.isJson(response)
                ? new Refused(status, false, false, status + " " + word)
                : unclear(response, word, true, now);
    }

    private static Set<Integer> indices(Map<Integer, ItemResult> results, ItemResult wanted) {
        return results.entrySet().stream()
                .filter(entry -> entry.getValue() == wanted)
                .map(Map.Entry::getKey)
                .collect(java.util.stream.Collectors.toUnmodifiableSet());
    }

    /** 413: of a gateway's limit too, as long as there is something to halve. With Retry-After it is for now only. */
    private static Outcome tooLarge(Answer.Response response, List<String> ids, Instant now) {
        var notBefore = RetryAfter.of(response, now);
        Optional<ErrorBody> credyts = ErrorBody.ofCredyt(response);
        if (ids.size() > 1) {
            return new TooLarge(response.status(), credyts.isPresent(), notBefore);
        }
        return notBefore.isPresent()
                ? retry(response, false, now)
                : credyts.<Outcome>map(body -> Refusals.refused(response.status(), body, false))
                        .orElseGet(() -> notOfTheEvents(response, now));
    }

    /** 409: the ids exist, or something else conflicts; only a body of Credyt's can say so. */
    private static Outcome conflict(Answer.Response response, List<String> ids, Instant now) {
        Optional<ErrorBody> credyts = ErrorBody.ofCredyt(response);
        if (credyts.isEmpty()) {
            return unclear(response, "an answer that says nothing of the events", false, now);
        }
        ErrorBody body = credyts.get();
        if (!body.complaints().isEmpty()) {
            return Refusals.of(response, body, ids, now);
        }
        if (body.codeSaysExists(true) || body.saysExists()) {
            return Refusals.existing(response.status(), body, ids, true);
        }
        if (body.saysBusy()) {
            return retry(response, false, now);
        }
        return body.mentionsCustomer()
                ? new CustomerTrouble(response.status(), false)
                : unclear(response, body.summary(), true, now);
    }

    /** 404: an unknown customer, or a wrong address. */
    private static Outcome missing(Answer.Response response, Instant now) {
        String body = response.body().strip();
        if (response.incomplete() || (!body.isEmpty() && !ErrorBody.isJson(response))) {
            return notOfTheEvents(response, now);
        }
        Optional<ErrorBody> said = ErrorBody.ofAny(body);
        if (said.filter(ErrorBody::mentionsCustomer).isPresent()) {
            return new CustomerTrouble(response.status(), true);
        }
        return said.filter(error -> !error.complaints().isEmpty()).isPresent()
                ? notOfTheEvents(response, now)
                : new CustomerTrouble(response.status(), false);
    }

    /** Of the account, the route or the request, or from something on the way: no event would fare better. */
    private static Retry notOfTheEvents(Answer.Response response, Instant now) {
        return new Retry("HTTP " + response.status(), RetryAfter.of(response, now), false, OutageCause.REFUSED);
    }

    private static Retry retry(Answer.Response response, boolean overload, Instant now) {
        return new Retry("HTTP " + response.status(), RetryAfter.of(response, now), overload);
    }

    private static Unclear unclear(Answer.Response response, String word, boolean fromCredyt, Instant now) {
        return new Unclear(response.status(), word.strip(), fromCredyt, RetryAfter.of(response, now), Optional.empty());
    }

    private static boolean isPage(Answer.Response response, String body) {
        return response.header("content-type")
                        .map(type -> type.toLowerCase(Locale.ROOT))
                        .orElse("")
                        .contains("html")
                || body.startsWith("<");
    }
}
