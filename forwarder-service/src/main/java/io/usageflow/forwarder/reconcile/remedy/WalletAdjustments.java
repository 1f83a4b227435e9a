package io.usageflow.forwarder.reconcile.remedy;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.usageflow.forwarder.clock.RateLimiter;
import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.credyt.lookup.CredytQueries.CredytUnreachableException;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.QueryResult;
import io.usageflow.forwarder.reconcile.remedy.Remedy.Outcome;
import io.usageflow.schema.text.VisibleText;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Corrects wallets, {@code POST /customers/{id}/wallet/adjustments} (docs/credyt-api.md, 4), one at a time and within a
 * rate. A request without an answer is repeated under the same transaction id, which Credyt takes once. Not
 * thread-safe.
 */
final class WalletAdjustments {
    private static final int ATTEMPTS_MAX = 5;
    private static final Duration WAIT_FIRST = Duration.ofMillis(250);
    private static final Duration WAIT_MAX = Duration.ofMinutes(5);
    private static final int EXCERPT_MAX = 200;
    /** The status of a repeat is not documented; only these words about the transaction id mean one. */
    private static final Pattern REPEAT = Pattern.compile("already|exist|duplicate");

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();

    private final CredytHttp.Post credyt;
    private final RateLimiter rate;
    private final Clock clock;

    /** @param credyt sends a body to a path, never throws */
    WalletAdjustments(CredytHttp.Post credyt, double perSecond, Clock clock) {
        this.credyt = credyt;
        this.rate = new RateLimiter(perSecond, Duration.ofSeconds(2), System.nanoTime());
        this.clock = clock;
    }

    /**
     * One adjustment.
     *
     * @param credytAccount the connected account of a platform that has the customer; empty for that of the settings
     * @param customerId Credyt's
     * @param transactionId Credyt takes the first adjustment with it and ignores others
     * @param amount negative takes from the wallet
     */
    record Adjustment(
            Optional<String> credytAccount,
            String customerId,
            String transactionId,
            String asset,
            BigDecimal amount,
            String reason,
            String description,
            Map<String, String> metadata) {
        byte[] json() {
            Map<String, Object> body = new TreeMap<>(Map.of(
                    "transaction_id",
                    transactionId,
                    "asset",
                    asset,
                    "amount",
                    amount,
                    "reason",
                    reason,
                    "description",
                    description,
                    "metadata",
                    new TreeMap<>(metadata)));
            try {
                return JSON.writeValueAsBytes(body);
            } catch (JsonProcessingException impossible) {
                throw new IllegalStateException("texts and decimals are JSON", impossible);
            }
        }
    }

    /** @param detail empty if the wallet is corrected */
    record AdjustmentResult(Outcome outcome, String detail) {}

    /** @throws CredytUnreachableException if Credyt refuses the key, or does not answer at all */
    AdjustmentResult adjust(Adjustment adjustment) throws InterruptedException {
        String path = "/customers/" + CredytHttp.encoded(adjustment.customerId()) + "/wallet/adjustments";
        byte[] body = adjustment.json();
        for (int attempt = 1; ; attempt++) {
            for (long wait = rate.waitNanos(System.nanoTime()); wait > 0; wait = rate.waitNanos(System.nanoTime())) {
                TimeUnit.NANOSECONDS.sleep(wait);
            }
            rate.acquire(System.nanoTime());
            Answer answer = answer(path, adjustment.credytAccount(), body);
            int attempts = attempt;
            Optional<AdjustmentResult> result = ParsedResponse.of(answer, WalletAdjustments::objection, clock.instant())
                    .match(
                            answered -> Optional.of(result(answered.result(), answer)),
                            later -> pause(later, attempts),
                            refused -> {
                                throw new CredytUnreachableException(refused.why() + ": check " + CredytSettings.API_KEY
                                        + " or " + CredytSettings.API_KEY_FILE);
                            });
            if (result.isPresent()) {
                rate.succeeded();
                return result.get();
            }
        }
    }

    private Answer answer(String path, Optional<String> account, byte[] body) throws InterruptedException {
        try {
            return credyt.post(path, account, body).toCompletableFuture().get();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException("an exchange completes with an answer", impossible);
        }
    }

    /** A page of a proxy is no adjustment. */
    private static Optional<String> objection(JsonNode body) {
        return body.path("id").isTextual() ? Optional.empty() : Optional.of("without the id of an adjustment");
    }

    private Optional<AdjustmentResult> pause(ParsedResponse.RetryLater later, int attempts) {
        if (attempts == ATTEMPTS_MAX) {
            throw new CredytUnreachableException("Credyt does not answer (" + later.why() + ", " + attempts
                    + " times): check " + CredytSettings.URL + ", the network and Credyt's state. Run the same command"
                    + " again: nothing is corrected twice");
        }
        Duration wait = WAIT_FIRST.multipliedBy(1L << (attempts - 1));
        Duration asked = later.notBefore().orElse(Duration.ZERO);
        Duration pause = asked.compareTo(wait) > 0 ? asked : wait;
        rate.overloaded(System.nanoTime(), pause.compareTo(WAIT_MAX) < 0 ? pause : WAIT_MAX);
        return Optional.empty();
    }

    private static AdjustmentResult result(QueryResult result, Answer answer) {
        return result.match(
                done -> new AdjustmentResult(Outcome.ADJUSTED, ""),
                absent -> new AdjustmentResult(Outcome.REFUSED, "Credyt does not have the customer (HTTP 404)"),
                unanswered -> isRepeat(answer)
                        ? new AdjustmentResult(Outcome.ADJUSTED_BEFORE, "Credyt has the transaction already")
                        : new AdjustmentResult(Outcome.REFUSED, unanswered.why() + excerpt(answer)));
    }

    private static boolean isRepeat(Answer answer) {
        return answer.response()
                .filter(response -> response.status() == 409 || response.status() == 422)
                .map(response -> response.body().toLowerCase(Locale.ROOT))
                .map(body ->
                        body.contains("transaction_id") && REPEAT.matcher(body).find())
                .orElse(false);
    }

    private static String excerpt(Answer answer) {
        return answer.response()
                .map(Answer.Response::body)
                .filter(body -> !body.isBlank())
                .map(body -> ": " + VisibleText.of(new String(body.getBytes(UTF_8), UTF_8), EXCERPT_MAX))
                .orElse("");
    }
}
