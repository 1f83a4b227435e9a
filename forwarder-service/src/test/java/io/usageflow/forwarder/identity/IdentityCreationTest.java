package io.usageflow.forwarder.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.forwarder.deadletter.ResponseExcerpt;
import io.usageflow.forwarder.identity.IdentityCreation.Made;
import io.usageflow.forwarder.links.LinkKind;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No answer of Credyt makes one customer twice, and what Credyt made is found. */
class IdentityCreationTest {
    private static final NewIdentity ACME = new NewIdentity(
            LinkKind.CUSTOMER,
            "acct_42",
            Optional.empty(),
            "acme",
            "Acme Inc",
            Optional.of("ops@acme.example"),
            List.of("assistant:2"));
    private static final Answer TIMEOUT = new Answer.Failure(true, "no complete answer in time");
    private static final String SECRET = "key_1234567890";

    /** Credyt's customers by external id. */
    private final Map<String, String> customers = new HashMap<>();

    private final List<String> posted = new ArrayList<>();
    private final List<Duration> waits = new ArrayList<>();
    /** What answers the next requests; what Credyt does if there is none. */
    private final Deque<Supplier<Answer>> answers = new ArrayDeque<>();

    private Runnable afterWait = () -> {};

    private IdentityCreation creation() {
        var lookup = new IdentityLookup(new CredytQueries(
                (path, account) -> {
                    String id = customers.get(path.substring("/customers?external_id=".length()));
                    return CompletableFuture.completedFuture(
                            id == null ? response(404, "{}") : response(200, "{\"id\":\"" + id + "\"}"));
                },
                10_000,
                Clock.systemUTC(),
                () -> false));
        return new IdentityCreation(
                (path, account, body) -> {
                    posted.add(path + " " + new String(body, StandardCharsets.UTF_8));
                    Supplier<Answer> next = answers.poll();
                    return CompletableFuture.completedFuture(next == null ? made() : next.get());
                },
                lookup,
                new ResponseExcerpt(() -> List.of(SECRET)),
                Clock.systemUTC(),
                wait -> {
                    waits.add(wait);
                    afterWait.run();
                    return false;
                });
    }

    private Answer made() {
        customers.put("acme", "cust_1");
        return response(201, "{\"id\":\"cust_1\"}");
    }

    private static Answer response(int status, String body) {
        return new Answer.Response(status, Map.of("content-type", "application/json"), body, false);
    }

    private Made make() throws InterruptedException {
        return creation().make(ACME).orElseThrow();
    }

    @Test
    void shouldMakeACustomerWithItsSubscription() throws InterruptedException {
        Made made = make();

        assertThat(made.created()).isTrue();
        assertThat(made.identity()).contains(new Identity("cust_1", Optional.of("acme")));
        assertThat(posted)
                .containsExactly("/customers {\"name\":\"Acme Inc\",\"external_id\":\"acme\","
                        + "\"email\":\"ops@acme.example\","
                        + "\"subscriptions\":[{\"products\":[{\"code\":\"assistant\",\"version\":2}]}]}");
    }

    @Test
    void shouldMakeNothingASecondTime() throws InterruptedException {
        make();
        Made again = make();

        assertThat(again.created()).isFalse();
        assertThat(again.identity()).map(Identity::id).contains("cust_1");
        assertThat(posted).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 408, 500, 502, 503, 504, 200})
    void shouldFindWhatWasMadeBeforeAnUnclearAnswer(int status) throws InterruptedException {
        answers.add(() -> {
            made();
            return status == 0 ? TIMEOUT : response(status, "");
        });

        Made made = make();

        assertThat(made.identity()).map(Identity::id).contains("cust_1");
        assertThat(posted).hasSize(1);
    }

    @Test
    void shouldFindWhatShowsUpLate() throws InterruptedException {
        answers.add(() -> TIMEOUT);
        afterWait = () -> {
            if (waits.size() == 3) {
                customers.put("acme", "cust_1");
            }
        };

        assertThat(make().identity()).map(Identity::id).contains("cust_1");
        assertThat(posted).hasSize(1);
    }

    @Test
    void shouldNotSendAgainWhereTheResultIsUnknown() throws InterruptedException {
        answers.add(() -> TIMEOUT);

        Made made = make();

        assertThat(made.identity()).isEmpty();
        assertThat(made.why())
                .get()
                .asString()
                .contains("not known whether Credyt made it (no complete answer in time)", "run the command again");
        assertThat(posted).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {409, 422})
    void shouldTakeTheOneThatExists(int status) throws InterruptedException {
        answers.add(() -> {
            customers.put("acme", "cust_7"); // Another one was quicker.
            return response(status, "{\"errors\":{\"external_id\":[\"already exists\"]}}");
        });

        Made made = make();

        assertThat(made.created()).isFalse();
        assertThat(made.identity()).map(Identity::id).contains("cust_7");
    }

    @Test
    void shouldSayWhyCredytRefusesAndHideTheKey() throws InterruptedException {
        answers.add(() -> response(422, "{\"errors\":{\"products\":[\"unknown " + SECRET + "\"]}}"));

        Made made = make();

        assertThat(made.identity()).isEmpty();
        assertThat(made.why())
                .get()
                .asString()
                .contains("Credyt refuses it: HTTP 422")
                .doesNotContain(SECRET);
        assertThat(posted).hasSize(1);
        assertThat(waits).containsExactly(Duration.ZERO);
    }

    @Test
    void shouldSendAgainOnlyWhereCredytDidNothing() throws InterruptedException {
        answers.add(() -> new Answer.Response(429, Map.of("retry-after", "7"), "", false));

        assertThat(make().created()).isTrue();
        assertThat(posted).hasSize(2);
        assertThat(waits).containsExactly(Duration.ofSeconds(7));
    }

    @Test
    void shouldShowWhereTheCustomerPaysFirst() throws InterruptedException {
        answers.add(() -> response(
                201,
                "{\"id\":\"cust_1\",\"subscriptions\":[{\"status\":\"pending\",\"required_actions\":"
                        + "[{\"type\":\"payment\",\"redirect_url\":\"https://pay.example/1\"}]}]}"));

        assertThat(make().paymentUrl()).contains("https://pay.example/1");
    }
}
