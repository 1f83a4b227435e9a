package io.usageflow.forwarder.delivery.answer;

import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.RetryAfter;
import io.usageflow.forwarder.delivery.answer.Outcome.Accepted;
import io.usageflow.forwarder.delivery.answer.Outcome.CustomerTrouble;
import io.usageflow.forwarder.delivery.answer.Outcome.Halt;
import io.usageflow.forwarder.delivery.answer.Outcome.NoFunds;
import io.usageflow.forwarder.delivery.answer.Outcome.OutageCause;
import io.usageflow.forwarder.delivery.answer.Outcome.Refused;
import io.usageflow.forwarder.delivery.answer.Outcome.Retry;
import io.usageflow.forwarder.delivery.answer.Outcome.TooLarge;
import io.usageflow.forwarder.delivery.answer.Outcome.Unclear;
import io.usageflow.forwarder.delivery.answer.Outcome.UnclearReason;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Classifies an answer; pure. Most of Credyt's answers are not documented (docs/credyt-api.md, 3 and 6), so three rules
 * hold (docs/decisions/0015):
 *
 * <ol>
 *   <li><em>Settling needs evidence:</em> a complete 2xx whose body says nothing of the events, or repeats them in
 *       documented fields. No other word settles an event, whatever it seems to mean, and no refusal does.
 *   <li><em>Rejecting needs Credyt's statement:</em> only 400, 413 and 422 with a body of Credyt's type and shape can
 *       refuse an event. Every other 4xx, and every answer of a gateway, is about the account, the route or the
 *       request, and holds delivery like an outage.
 *   <li><em>An unclear event is looked up</em> before it is settled or rejected ({@link Unclear}). Sending it again is
 *       safe, since its id stays the same.
 * </ol>
 *
 * <p>A refusal for lack of funds ({@link NoFunds}) neither settles nor rejects, so a 402 of any JSON suffices.
 */
public final class AnswerClassifier {
    /** The reason phrases of a success (RFC 9110, 15.3). As a text they say no more than the status. */
    private static final Set<String> REASON_PHRASES = Set.of("ok", "created", "accepted");
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
        Optional<Problem> problem = Problem.of(response);
        if (FUNDS_STATUSES.contains(status)
                && problem.filter(Problem::saysNoFunds).isPresent()) {
            return noFunds(response, now);
        }
        return switch (status) {
            case 402 -> paymentRequired(response, now);
            case 401, 403, 407 -> new Halt(OutageCause.AUTH, "HTTP " + status, RetryAfter.of(response, now));
            case 408, 425 -> retry(response, false, now);
            case 429, 503 -> retry(response, true, now);
            case 413 -> tooLarge(response, problem, ids, now);
            case 404, 410 -> missing(response, problem, now);
            case 400, 409, 422 ->
                problem.map(credyts -> refusal(response, credyts, ids, now))
                        .orElseGet(() -> status == 409
                                ? unclear(response, UnclearReason.FOREIGN, "a conflict without a reason", now)
                                : notAboutEvents(response, now));
            default ->
                status >= 400 && status < 500 ? notAboutEvents(response, now) : retry(response, status == 504, now);
        };
    }

    /**
     * As {@link #classify}, for a customer in a connected account that its link names. A 403 may then refuse that
     * account, which is one link's mistake and must not stop the others; a 403 to everybody is still an outage, because
     * several customers get it. No source says how Credyt answers for an unknown account (docs/credyt-api.md, 1).
     */
    public static Outcome classifyInAccount(Answer answer, List<String> ids, Instant now) {
        Outcome outcome = classify(answer, ids, now);
        boolean forbidden =
                answer.response().filter(response -> response.status() == 403).isPresent();
        return forbidden && outcome instanceof Halt ? new CustomerTrouble(403, false) : outcome;
    }

    private static Outcome success(Answer.Response response, List<String> ids, Instant now) {
        int status = response.status();
        String body = response.body().strip();
        if (response.incomplete()) {
            return unclear(response, UnclearReason.INCOMPLETE, "an incomplete answer", now);
        }
        if (status == 204 || body.isEmpty() || isReasonPhrase(response, body)) {
            return new Accepted(status);
        }
        return Optional.of(body)
                .filter(text -> !isPage(response, text))
                .flatMap(Problem::json)
                .map(json -> SuccessBody.undocumented(json, ids)
                        .<Outcome>map(word -> unclear(response, UnclearReason.UNDOCUMENTED, word, now))
                        .orElseGet(() -> new Accepted(status)))
                .orElseGet(() -> unclear(response, UnclearReason.FOREIGN, "a body that is not JSON: " + body, now));
    }

    private static boolean isReasonPhrase(Answer.Response response, String body) {
        return contentType(response).startsWith("text/plain") && REASON_PHRASES.contains(body.toLowerCase(Locale.ROOT));
    }

    /** 400, 409 or 422 of Credyt's. */
    private static Outcome refusal(Answer.Response response, Problem problem, List<String> ids, Instant now) {
        int status = response.status();
        if (problem.namesCustomer()) {
            return new CustomerTrouble(status, !problem.errors().isEmpty());
        }
        if (status == 409) {
            return unclear(response, UnclearReason.CONFLICT, problem.words(), now);
        }
        if (ids.size() > 1 && problem.isAboutList()) {
            return new TooLarge(status, true, RetryAfter.of(response, now));
        }
        Refused refused = refused(status, problem, !problem.isAboutEvents(), ids);
        return ids.size() == 1 && problem.mayMeanExistence()
                ? new Unclear(
                        status,
                        UnclearReason.CONFLICT,
                        problem.words(),
                        RetryAfter.of(response, now),
                        Optional.of(refused))
                : refused;
    }

    private static Refused refused(int status, Problem problem, boolean customerPossible, List<String> ids) {
        return new Refused(
                status, customerPossible, problem.suspects(ids.size()), status + " " + problem.refusalKind());
    }

    /** 413, also of a gateway while the batch can be halved. With Retry-After it is temporary. */
    private static Outcome tooLarge(
            Answer.Response response, Optional<Problem> problem, List<String> ids, Instant now) {
        var notBefore = RetryAfter.of(response, now);
        if (ids.size() > 1) {
            return new TooLarge(response.status(), problem.isPresent(), notBefore);
        }
        return notBefore.isPresent()
                ? retry(response, false, now)
                : problem.<Outcome>map(credyts -> refused(response.status(), credyts, false, ids))
                        .orElseGet(() -> notAboutEvents(response, now));
    }

    /** 404: an unknown customer, or a wrong address. */
    private static Outcome missing(Answer.Response response, Optional<Problem> problem, Instant now) {
        boolean named = problem.filter(Problem::mentionsCustomer).isPresent();
        boolean aboutOthers =
                problem.filter(credyts -> !credyts.errors().isEmpty()).isPresent() && !named;
        return isPageOrCut(response) || aboutOthers
                ? notAboutEvents(response, now)
                : new CustomerTrouble(response.status(), named);
    }

    /** An answer about the account, the route or the request, or of a proxy: it would be the same for any event. */
    private static Retry notAboutEvents(Answer.Response response, Instant now) {
        return new Retry("HTTP " + response.status(), RetryAfter.of(response, now), false, OutageCause.REFUSED);
    }

    /** 402: the customer lacks funds. A page of a proxy says something else. */
    private static Outcome paymentRequired(Answer.Response response, Instant now) {
        boolean silent = response.body().isBlank() && !response.incomplete();
        return silent || Problem.object(response).isPresent() ? noFunds(response, now) : notAboutEvents(response, now);
    }

    private static NoFunds noFunds(Answer.Response response, Instant now) {
        return new NoFunds(response.status(), RetryAfter.of(response, now));
    }

    /** Whether the answer has a body that is not complete JSON by its content type. */
    private static boolean isPageOrCut(Answer.Response response) {
        return response.incomplete() || (!response.body().isBlank() && !Problem.isJson(response));
    }

    private static Retry retry(Answer.Response response, boolean overload, Instant now) {
        return new Retry("HTTP " + response.status(), RetryAfter.of(response, now), overload);
    }

    private static Unclear unclear(Answer.Response response, UnclearReason reason, String word, Instant now) {
        return new Unclear(response.status(), reason, word.strip(), RetryAfter.of(response, now), Optional.empty());
    }

    private static boolean isPage(Answer.Response response, String body) {
        return contentType(response).contains("html") || body.startsWith("<");
    }

    private static String contentType(Answer.Response response) {
        return response.header("content-type").orElse("").toLowerCase(Locale.ROOT);
    }
}
