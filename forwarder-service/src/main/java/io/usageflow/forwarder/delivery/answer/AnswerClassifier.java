package io.usageflow.forwarder.delivery.answer;

import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.RetryAfter;
import io.usageflow.forwarder.delivery.answer.Outcome.Accepted;
import io.usageflow.forwarder.delivery.answer.Outcome.CustomerTrouble;
import io.usageflow.forwarder.delivery.answer.Outcome.Halt;
import io.usageflow.forwarder.delivery.answer.Outcome.ItemResult;
import io.usageflow.forwarder.delivery.answer.Outcome.NoFunds;
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
 * Classifies an answer; pure. It accepts every sensible answer where the API is undocumented (docs/credyt-api.md, 6).
 * Three rules hold (docs/decisions/0015):
 *
 * <ol>
 *   <li><em>Settling needs evidence:</em> a 2xx without statements about events, a known word of success for the event,
 *       or a refusal by Credyt whose 409, code or id field says that the event exists. An unknown word, a body that was
 *       not understood, or a text that may repeat the producer's values is no evidence.
 *   <li><em>Rejecting needs Credyt's statement:</em> only 400, 409, 413 and 422 with a body of Credyt's type and shape,
 *       or the same status of a single event in a 2xx, can refuse an event. Every other 4xx, and every answer of a
 *       gateway, is about the account, the route or the request, and holds delivery like an outage.
 *   <li><em>An unclear event is looked up</em> before it is settled or rejected ({@link Unclear}). Sending it again is
 *       safe, since its id stays the same.
 * </ol>
 *
 * <p>A refusal for lack of funds ({@link NoFunds}) neither settles nor rejects, so a 402 of any JSON suffices.
 */
public final class AnswerClassifier {
    private static final int PLAIN_WORD_MAX = 40;
    /** Statuses of a refusal that a code or a title may explain by a lack of funds. */
    private static final Set<Integer> FUNDS_STATUSES = Set.of(400, 403, 409, 422);

    private AnswerClassifier() {}

    /**
     * Classifies the answer to a request.
     *
     * @param ids Credyt's ids of the request's events, in order, at least one
     * @param now for a Retry-After with a date if the answer has no Date header
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
        if (FUNDS_STATUSES.contains(status)
                && ErrorBody.ofCredyt(response).filter(ErrorBody::saysNoFunds).isPresent()) {
            return noFunds(response, now);
        }
        return switch (status) {
            case 402 -> paymentRequired(response, now);
            case 401, 403, 407 -> new Halt(OutageCause.AUTH, "HTTP " + status, RetryAfter.of(response, now));
            case 408, 425 -> retry(response, false, now);
            case 429, 503 -> retry(response, true, now);
            case 413 -> tooLarge(response, ids, now);
            case 409 -> conflict(response, ids, now);
            case 404, 410 -> missing(response, now);
            case 400, 422 ->
                ErrorBody.ofCredyt(response)
                        .map(body -> Refusals.of(response, body, ids, now))
                        .orElseGet(() -> notAboutEvents(response, now));
            default ->
                status >= 400 && status < 500 ? notAboutEvents(response, now) : retry(response, status == 504, now);
        };
    }

    private static Outcome success(Answer.Response response, List<String> ids, Instant now) {
        int status = response.status();
        String body = response.body().strip();
        if (response.incomplete()) {
            return unclear(response, "an incomplete answer", false, now);
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

    /** Whether the body only says success, such as {@code Accepted} or {@code OK}. */
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
        if (results.get(0) == ItemResult.NO_FUNDS) {
            return noFunds(response, now);
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

    /** 413, also of a gateway while the batch can be halved. With Retry-After it is temporary. */
    private static Outcome tooLarge(Answer.Response response, List<String> ids, Instant now) {
        var notBefore = RetryAfter.of(response, now);
        Optional<ErrorBody> credyts = ErrorBody.ofCredyt(response);
        if (ids.size() > 1) {
            return new TooLarge(response.status(), credyts.isPresent(), notBefore);
        }
        return notBefore.isPresent()
                ? retry(response, false, now)
                : credyts.<Outcome>map(body -> Refusals.refused(response.status(), body, false))
                        .orElseGet(() -> notAboutEvents(response, now));
    }

    /** 409: the ids exist, or something else conflicts. Only Credyt's body tells which. */
    private static Outcome conflict(Answer.Response response, List<String> ids, Instant now) {
        Optional<ErrorBody> credyts = ErrorBody.ofCredyt(response);
        if (credyts.isEmpty()) {
            return unclear(response, "an answer without a statement about the events", false, now);
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
        if (isPageOrCut(response)) {
            return notAboutEvents(response, now);
        }
        Optional<ErrorBody> said = ErrorBody.ofAny(response.body());
        if (said.filter(ErrorBody::mentionsCustomer).isPresent()) {
            return new CustomerTrouble(response.status(), true);
        }
        return said.filter(error -> !error.complaints().isEmpty()).isPresent()
                ? notAboutEvents(response, now)
                : new CustomerTrouble(response.status(), false);
    }

    /** An answer about the account, the route or the request, or of a proxy: it would be the same for any event. */
    private static Retry notAboutEvents(Answer.Response response, Instant now) {
        return new Retry("HTTP " + response.status(), RetryAfter.of(response, now), false, OutageCause.REFUSED);
    }

    /** 402: the customer lacks funds. A page of a proxy says something else. */
    private static Outcome paymentRequired(Answer.Response response, Instant now) {
        String body = response.body().strip();
        boolean foreign = isPageOrCut(response)
                || (!body.isEmpty() && ErrorBody.ofAny(body).isEmpty());
        return foreign ? notAboutEvents(response, now) : noFunds(response, now);
    }

    private static NoFunds noFunds(Answer.Response response, Instant now) {
        return new NoFunds(response.status(), RetryAfter.of(response, now));
    }

    /** Whether the answer has a body that is not complete JSON by its content type. */
    private static boolean isPageOrCut(Answer.Response response) {
        return response.incomplete() || (!response.body().isBlank() && !ErrorBody.isJson(response));
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
