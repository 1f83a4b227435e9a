package io.usageflow.sandbox;

import static io.usageflow.sandbox.Bodies.batch;
import static io.usageflow.sandbox.Bodies.event;
import static io.usageflow.sandbox.Bodies.newId;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.usageflow.sandbox.SandboxSeed.PriceSpec;
import io.usageflow.sandbox.behaviour.Behaviour.Outage;
import io.usageflow.sandbox.fault.Fault;
import io.usageflow.sandbox.fault.Fault.Moment;
import io.usageflow.sandbox.fault.Fault.RetryAfter;
import io.usageflow.sandbox.fault.FaultRule;
import io.usageflow.sandbox.fault.FaultRule.FaultMatch;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each way to fail, as a client sees it, and whether the event is there afterwards. */
class FaultsIT extends SandboxFixture {
    @Override
    SandboxSeed seed() {
        return SandboxSeed.empty()
                .withProduct("p", "P", PriceSpec.unit("message_completed", "USD", "0.5"))
                .withCustomer("acct_1", "p")
                .withCustomer("acct_2", "p");
    }

    private Client.Reply send(String id) {
        return submit("acct_1", event(id));
    }

    private Throwable sendAndFail(String id) {
        HttpRequest request = client.request("/events")
                .POST(HttpRequest.BodyPublishers.ofString(batch("acct_1", event(id))))
                .build();
        return catchThrowable(() -> client.sendRaw(request));
    }

    /** Not on the common pool, which may have a single thread; the request ends with the sandbox. */
    private CompletableFuture<Throwable> sendWithoutWaiting(String id) {
        return CompletableFuture.supplyAsync(() -> sendAndFail(id), send -> new Thread(send, "client").start());
    }

    private void nextFault(Fault fault) {
        sandbox.inject(FaultRule.next(1, FaultMatch.POST_EVENTS, fault));
    }

    static java.util.Set<Integer> statuses() {
        return Fault.Status.ALLOWED;
    }

    @ParameterizedTest
    @MethodSource("statuses")
    void shouldAnswerWithTheStatusOnceAndThenServe(int status) {
        nextFault(Fault.status(status));
        String id = newId();

        Client.Reply failed = send(id);
        Client.Reply served = send(id);

        assertThat(failed.status()).isEqualTo(status);
        assertThat(failed.text().isEmpty()).isEqualTo(status == 401);
        assertThat(failed.response().headers().firstValue("Retry-After")).isEmpty();
        assertThat(served.status()).isEqualTo(202);
        assertThat(sandbox.stats().repeatedRequests())
                .as("the first took no effect")
                .isZero();
    }

    @Test
    void shouldCommitAndThenAnswer500() {
        nextFault(Fault.commitThenStatus(500));
        String id = newId();

        assertThat(send(id).status()).isEqualTo(500);
        assertThat(sandbox.event(id)).isPresent();
        assertThat(send(id).status()).isEqualTo(202);

        assertThat(sandbox.balance("acct_1", "USD")).isEqualByComparingTo("-0.5");
        assertThat(sandbox.stats().repeatedRequests()).isEqualTo(1);
    }

    @Test
    void shouldSendRetryAfterInBothNotations() {
        nextFault(Fault.status(429, RetryAfter.seconds(7)));
        nextFault(Fault.status(503, RetryAfter.date(60)));

        String seconds =
                send(newId()).response().headers().firstValue("Retry-After").orElseThrow();
        Instant before = Instant.now();
        String date =
                send(newId()).response().headers().firstValue("Retry-After").orElseThrow();

        assertThat(seconds).isEqualTo("7");
        assertThat(ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant())
                .isBetween(before.plusSeconds(60), before.plusSeconds(120));
    }

    @ParameterizedTest
    @EnumSource(Moment.class)
    void shouldDropTheConnection(Moment moment) {
        // Enough for the client's own retry of a request on a kept-alive connection.
        sandbox.inject(FaultRule.always(FaultMatch.POST_EVENTS, new Fault.Drop(moment)));
        String id = newId();

        Throwable failure = sendAndFail(id);

        assertThat(failure).isInstanceOf(IOException.class).isNotInstanceOf(HttpTimeoutException.class);
        assertThat(sandbox.event(id).isPresent()).isEqualTo(moment == Moment.AFTER_COMMIT);
        sandbox.clearFaults();
        assertThat(send(id).status()).isEqualTo(202);
        assertThat(sandbox.balance("acct_1", "USD")).isEqualByComparingTo("-0.5");
    }

    @Test
    void shouldEndTheAnswerInTheMiddle() {
        sandbox.inject(FaultRule.always(FaultMatch.route("GET /customers"), new Fault.TruncatedBody()));
        HttpRequest request = client.request("/customers").GET().build();

        assertThatThrownBy(() -> client.sendRaw(request)).isInstanceOf(IOException.class);

        sandbox.inject(FaultRule.always(FaultMatch.POST_EVENTS, new Fault.TruncatedBody()));
        String id = newId();
        assertThat(sendAndFail(id)).isInstanceOf(IOException.class);
        assertThat(sandbox.event(id)).as("the request was served").isPresent();
    }

    @ParameterizedTest
    @EnumSource(Moment.class)
    void shouldAnswer200WithWhatIsNotJson(Moment moment) {
        nextFault(new Fault.NotJson(moment));
        String id = newId();

        Client.Reply reply = send(id);

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.contentType()).isEqualTo("application/json");
        assertThatThrownBy(reply::json).isInstanceOf(java.io.UncheckedIOException.class);
        assertThat(sandbox.event(id).isPresent()).isEqualTo(moment == Moment.AFTER_COMMIT);
    }

    @ParameterizedTest
    @EnumSource(Moment.class)
    void shouldAnswer200WithAPage(Moment moment) {
        nextFault(new Fault.Html(moment));
        String id = newId();

        Client.Reply reply = send(id);

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.contentType()).startsWith("text/html");
        assertThat(reply.text()).startsWith("<!doctype html>");
        assertThat(sandbox.event(id).isPresent()).isEqualTo(moment == Moment.AFTER_COMMIT);
    }

    @Test
    void shouldServeAfterADelay() {
        nextFault(new Fault.Delay(Duration.ofMillis(300)));
        String id = newId();
        long started = System.nanoTime();

        assertThat(send(id).status()).isEqualTo(202);

        assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
        assertThat(sandbox.event(id)).isPresent();
    }

    @Test
    void shouldServeOthersDuringADelay() {
        nextFault(new Fault.Delay(Duration.ofMinutes(10)));

        CompletableFuture<?> slow = sendWithoutWaiting(newId());
        await().atMost(Client.PATIENCE).until(() -> sandbox.faults().get(0).struck() == 1);

        assertThat(send(newId()).status()).isEqualTo(202);
        assertThat(slow).isNotDone();
    }

    @Test
    void shouldTrickleTheWholeAnswer() {
        sandbox.inject(
                FaultRule.next(1, FaultMatch.route("GET /customers"), new Fault.SlowBody(Duration.ofMillis(300))));
        long started = System.nanoTime();

        Client.Reply reply = client.get("/customers");

        assertThat(reply.json().path("items")).hasSize(2);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }

    @ParameterizedTest
    @EnumSource(Moment.class)
    void shouldNeverAnswer(Moment moment) {
        sandbox.inject(FaultRule.always(FaultMatch.POST_EVENTS, new Fault.NoAnswer(moment)));
        String id = newId();

        CompletableFuture<?> reply = sendWithoutWaiting(id);

        await().atMost(Client.PATIENCE).until(() -> sandbox.requests().counts().containsKey("POST /events unanswered"));
        assertThat(sandbox.event(id).isPresent()).isEqualTo(moment == Moment.AFTER_COMMIT);
        assertThat(reply).isNotDone();
    }

    @Test
    void shouldStrikeOnlyTheNamedEventAndTheNamedCustomer() {
        String poison = newId();
        sandbox.inject(FaultRule.always(FaultMatch.POST_EVENTS.ofEvent(poison), Fault.status(422)));
        sandbox.inject(FaultRule.always(FaultMatch.ALL.ofCustomer("acct_2"), Fault.status(500)));

        assertThat(send(poison).status()).isEqualTo(422);
        assertThat(send(newId()).status()).isEqualTo(202);
        assertThat(submit("acct_2", event(newId())).status()).isEqualTo(500);
        assertThat(client.get("/customers?external_id=acct_2").status()).isEqualTo(500);
        assertThat(client.get("/customers?external_id=acct_1").status()).isEqualTo(200);
    }

    @Test
    void shouldBeUnavailableAsAWholeAndComeBack() {
        sandbox.outage(true);
        assertThat(send(newId()).status()).isEqualTo(503);
        assertThat(client.get("/customers").status()).isEqualTo(503);
        assertThat(client.get("/__sandbox/stats").status())
                .as("the admin surface stays")
                .isEqualTo(200);

        sandbox.outage(Outage.DROP);
        assertThat(sendAndFail(newId())).isInstanceOf(IOException.class);

        sandbox.outage(false);
        assertThat(send(newId()).status()).isEqualTo(202);
        assertThat(sandbox.stats().events()).isEqualTo(1);
    }

    @Test
    void shouldLimitTheRateOfRequests() {
        change("limits.requests_per_second", 1);
        change("limits.retry_after_seconds", 3);

        assertThat(send(newId()).status()).isEqualTo(202);
        // Any two within a second show it, however slow the machine is.
        Client.Reply refused = Stream.generate(() -> send(newId()))
                .limit(100)
                .filter(reply -> reply.status() == 429)
                .findFirst()
                .orElseThrow();
        assertThat(refused.response().headers().firstValue("Retry-After")).contains("3");
    }

    @Test
    void shouldRefuseARuleForARouteThatThereIsNot() {
        assertThatThrownBy(() -> sandbox.inject(FaultRule.always(FaultMatch.route("POST /event"), Fault.status(500))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("POST /event:")
                .hasMessageContaining("POST /events");
    }

    @Test
    void shouldRefuseMoreRequestsAtOnceThanTheLimit() throws Exception {
        change("limits.concurrent_requests", 1);
        String first = newId();
        byte[] body = batch("acct_1", event(first)).getBytes(UTF_8);
        String head = "POST /events HTTP/1.1\r\nHost: localhost\r\nX-Credyt-Api-Key: dev\r\nConnection: close\r\n"
                + "Content-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n";
        try (var slow = new Socket(sandbox.url().getHost(), sandbox.url().getPort())) {
            // It has its place from the beginning of its body on, and keeps it until the end has come.
            slow.getOutputStream().write(head.getBytes(UTF_8));
            slow.getOutputStream().write(body, 0, body.length - 1);
            await().atMost(Client.PATIENCE).until(() -> client.get("/customers").status() == 503);
            assertThat(send(newId()).status()).isEqualTo(503);

            slow.getOutputStream().write(body, body.length - 1, 1);
            assertThat(new String(slow.getInputStream().readAllBytes(), UTF_8)).startsWith("HTTP/1.1 202");
        }
        String second = newId();
        assertThat(send(second).status()).isEqualTo(202);
        assertThat(sandbox.eventIds()).containsExactly(first, second);
    }
}
