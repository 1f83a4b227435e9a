package io.usageflow.forwarder.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.credyt.RetryAfter;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse;
import io.usageflow.forwarder.deadletter.ResponseExcerpt;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.forwarder.links.LinkKind;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Makes customers and vendors at Credyt, one after the other. Not thread-safe.
 *
 * <p>A request to make one is never repeated after an unclear answer, such as a timeout: Credyt may have made it. Only
 * a 429 is repeated, which says that Credyt did nothing. Before each request, and after each answer without an id,
 * Credyt is asked for the external id, and what it has counts. Running the command again does the same.
 */
public final class IdentityCreation {
    private static final int ATTEMPTS_MAX = 5;
    private static final Duration PAUSE_MAX = Duration.ofMinutes(5);
    private static final Duration PAUSE_DEFAULT = Duration.ofSeconds(1);
    /** What was made may show up late: no source says when a lookup finds it. */
    private static final List<Duration> LOOKS = List.of(Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(3));

    private final CredytHttp.Post post;
    private final IdentityLookup lookup;
    private final ResponseExcerpt excerpt;
    private final Clock clock;
    private final Predicate<Duration> stopped;

    /**
     * Creates the operation.
     *
     * @param excerpt removes the key from texts
     * @param stopped waits so long for a stop, and returns whether there was one
     */
    public IdentityCreation(
            CredytHttp.Post post,
            IdentityLookup lookup,
            ResponseExcerpt excerpt,
            Clock clock,
            Predicate<Duration> stopped) {
        this.post = post;
        this.lookup = lookup;
        this.excerpt = excerpt;
        this.clock = clock;
        this.stopped = stopped;
    }

    /**
     * The result for one customer or vendor.
     *
     * @param identity what Credyt has; empty if that failed
     * @param created whether Credyt confirmed that this request made it
     * @param paymentUrl where the customer pays before its subscription is active
     * @param why it failed, in one sentence
     */
    public record Made(
            Optional<Identity> identity, boolean created, Optional<String> paymentUrl, Optional<String> why) {
        static Made found(Identity identity) {
            return new Made(Optional.of(identity), false, Optional.empty(), Optional.empty());
        }

        static Made failed(String why) {
            return new Made(Optional.empty(), false, Optional.empty(), Optional.of(why));
        }
    }

    /**
     * Makes one, unless Credyt has it; empty if stopped before it was sent.
     *
     * @throws io.usageflow.forwarder.credyt.lookup.CredytQueries.CredytUnreachableException if Credyt does not answer,
     *     or refuses the key
     */
    public Optional<Made> make(NewIdentity wanted) throws InterruptedException {
        Optional<LookupResult> before = look(wanted);
        if (before.isEmpty()) {
            return Optional.empty();
        }
        Optional<Made> decided = before.get()
                .match(
                        known -> Optional.of(Made.found(known.identity())),
                        unknown -> Optional.empty(),
                        unclear -> Optional.of(Made.failed("Credyt gives no clear answer: " + unclear.why())));
        return decided.isPresent() ? decided : create(wanted);
    }

    private Optional<Made> create(NewIdentity wanted) throws InterruptedException {
        String path = wanted.kind() == LinkKind.CUSTOMER ? "/customers" : "/vendors";
        byte[] body = body(wanted).toString().getBytes(StandardCharsets.UTF_8);
        for (int attempt = 1; ; attempt++) {
            Answer answer = post.post(path, wanted.credytAccount(), body)
                    .toCompletableFuture()
                    .join();
            boolean throttled = answer.response()
                    .filter(response -> response.status() == 429)
                    .isPresent();
            if (!throttled || attempt == ATTEMPTS_MAX) {
                return read(wanted, answer);
            }
            Duration asked = answer.response()
                    .flatMap(response -> RetryAfter.of(response, clock.instant()))
                    .orElse(PAUSE_DEFAULT);
            Duration pause = asked.compareTo(PAUSE_DEFAULT) < 0 ? PAUSE_DEFAULT : asked;
            if (stopped.test(pause.compareTo(PAUSE_MAX) > 0 ? PAUSE_MAX : pause)) {
                return Optional.empty();
            }
        }
    }

    private Optional<Made> read(NewIdentity wanted, Answer answer) throws InterruptedException {
        JsonNode shown = json(answer);
        boolean accepted = answer.response()
                .filter(response -> response.status() / 100 == 2)
                .isPresent();
        if (accepted && shown.path("id").isTextual()) {
            return Optional.of(new Made(
                    Optional.of(new Identity(shown.path("id").textValue(), Optional.of(wanted.externalId()))),
                    true,
                    paymentUrl(shown),
                    Optional.empty()));
        }
        boolean refused = answer.response()
                .map(Answer.Response::status)
                .filter(status -> status / 100 == 4 && status != 408 && status != 409 && status != 425)
                .isPresent();
        boolean exists = shown.path("errors").has("external_id");
        // What Credyt refused for another reason was not made, so one look is enough.
        for (Duration wait : refused && !exists ? LOOKS.subList(0, 1) : LOOKS) {
            if (stopped.test(wait)) {
                return Optional.of(Made.failed(unclear(wanted, answer)));
            }
            Optional<LookupResult> after = look(wanted);
            if (after.isPresent() && after.get() instanceof LookupResult.Known known) {
                return Optional.of(Made.found(known.identity()));
            }
        }
        return Optional.of(Made.failed(refused ? "Credyt refuses it: " + described(answer) : unclear(wanted, answer)));
    }

    private String unclear(NewIdentity wanted, Answer answer) {
        return "it is not known whether Credyt made it (" + described(answer)
                + "), and Credyt does not show the external" + " id " + wanted.externalId()
                + " now: run the command again, which asks before it makes one";
    }

    private String described(Answer answer) {
        return answer.response()
                .map(response -> "HTTP " + response.status()
                        + (response.body().isBlank() ? "" : " " + excerpt.of(response.body())))
                .orElseGet(() -> answer instanceof Answer.Failure failure ? failure.detail() : "no answer");
    }

    private Optional<LookupResult> look(NewIdentity wanted) throws InterruptedException {
        Optional<Map<Reference, LookupResult>> found = lookup.find(wanted.kind(), List.of(wanted.reference()));
        return found.map(
                results -> Optional.ofNullable(results.get(wanted.reference())).orElseThrow());
    }

    /** Credyt's sources show the action at the top or in the subscription (docs/credyt-api.md, 4). */
    private static Optional<String> paymentUrl(JsonNode shown) {
        for (JsonNode actions : List.of(
                shown.path("required_actions"),
                shown.path("subscriptions").path(0).path("required_actions"))) {
            JsonNode url = actions.path(0).path("redirect_url");
            if (url.isTextual()) {
                return Optional.of(url.textValue());
            }
        }
        return Optional.empty();
    }

    private static JsonNode json(Answer answer) {
        Optional<Answer.Response> response = answer.response()
                .filter(one -> !one.incomplete())
                .filter(one -> !one.body().isBlank());
        if (response.isEmpty()) {
            return MissingNode.getInstance();
        }
        try {
            return ParsedResponse.EXACT.readTree(response.get().body());
        } catch (JsonProcessingException malformed) {
            // A page of a proxy, for example: it proves nothing, and the lookup decides.
            return MissingNode.getInstance();
        }
    }

    static ObjectNode body(NewIdentity wanted) {
        ObjectNode body = JsonNodeFactory.instance
                .objectNode()
                .put("name", wanted.name())
                .put("external_id", wanted.externalId());
        wanted.email().ifPresent(email -> body.put("email", email));
        if (!wanted.products().isEmpty()) {
            var products = body.putArray("subscriptions").addObject().putArray("products");
            for (String product : wanted.products()) {
                String[] parts = product.split(":", 2);
                ObjectNode one = products.addObject().put("code", parts[0]);
                if (parts.length == 2 && !parts[1].equals("default")) {
                    one.put("version", Integer.parseInt(parts[1]));
                } else if (parts.length == 2) {
                    one.put("version", parts[1]);
                }
            }
        }
        return body;
    }
}
