package io.usageflow.forwarder.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.usageflow.forwarder.clock.DeliveryClock;
import io.usageflow.forwarder.config.DeliverySettings;
import io.usageflow.forwarder.config.RecordBounds;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.deadletter.ResponseExcerpt;
import io.usageflow.forwarder.delivery.answer.Outcome.OutageCause;
import io.usageflow.forwarder.delivery.commit.OutcomeRecords;
import io.usageflow.forwarder.delivery.health.DeliveryMeters;
import io.usageflow.forwarder.delivery.health.DestinationHealth;
import io.usageflow.forwarder.delivery.outcome.DeadLetterPolicy;
import io.usageflow.forwarder.delivery.outcome.OutcomeHandler;
import io.usageflow.forwarder.delivery.partition.AssignedPartition;
import io.usageflow.forwarder.delivery.queue.Customer;
import io.usageflow.forwarder.delivery.queue.CustomerQueues;
import io.usageflow.forwarder.delivery.queue.PendingEvent;
import io.usageflow.schema.topic.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.kafka.common.config.AbstractConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What delivery does with answers that are unclear: it asks for each event before it concludes anything. */
class LookupsTest {
    private static final Answer ACCEPTED = json(202, "{}");
    private static final Answer IGNORED = json(202, "{\"status\":\"ignored\\u0007\"}");
    private static final Answer ABSENT = json(404, "{\"title\":\"Not Found\",\"status\":404}");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ScriptedSink sink = new ScriptedSink();
    private final AssignedPartition partition = Fixtures.partition(0);
    private final DestinationHealth destination;
    private final Dispatcher dispatcher;
    private long nowNanos;
    private long offset;

    private static Answer json(int status, String body) {
        return new Answer.Response(status, Map.of("content-type", "application/json"), body, false);
    }

    private static Answer there(String id) {
        return json(200, "{\"id\":\"" + id + "\",\"fees\":[]}");
    }

    /** Answers at once, by the customer or the id. */
    private static final class ScriptedSink implements EventSink {
        final List<String> sent = new ArrayList<>();
        final List<String> asked = new ArrayList<>();
        final Map<String, Answer> posts = new HashMap<>();
        Function<String, Answer> lookups = id -> ABSENT;

        @Override
        public CompletionStage<Answer> deliver(Request request) {
            String customer = request.customer().value();
            sent.add(customer);
            return CompletableFuture.completedFuture(posts.getOrDefault(customer, ACCEPTED));
        }

        @Override
        public CompletionStage<Answer> find(Customer customer, String credytId) {
            asked.add(credytId);
            return CompletableFuture.completedFuture(lookups.apply(credytId));
        }

        @Override
        public Duration answersWithin() {
            return Duration.ofSeconds(1);
        }

        @Override
        public void close() {}
    }

    LookupsTest() {
        var settings = DeliverySettings.from(
                new AbstractConfig(Settings.definition(), Map.of(DeliverySettings.LOOKUPS_PER_SECOND, "10"), false));
        var clock = new DeliveryClock(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC), () -> nowNanos);
        var meters = new DeliveryMeters(registry);
        var records = new OutcomeRecords(
                new Topics("usage"), Fixtures.SERDE, new ResponseExcerpt(List::of), RecordBounds.of(262_144));
        var queues = new CustomerQueues(settings.batching());
        destination = new DestinationHealth(settings, new Random(1));
        var deadLetterPolicy = new DeadLetterPolicy(records, meters, queues, destination, settings.stepAside(), clock);
        dispatcher = new Dispatcher(
                sink,
                queues,
                destination,
                new OutcomeHandler(records, deadLetterPolicy, destination, queues, meters, clock),
                clock,
                () -> {});
    }

    private void arrive(String customer, String... ids) {
        for (String id : ids) {
            PendingEvent event = Fixtures.event(partition, offset, customer, id);
            partition.received(offset++, event.bytes());
            dispatcher.add(event);
        }
    }

    private void run(Duration time) {
        long end = nowNanos + time.toNanos();
        for (; nowNanos < end; nowNanos += 10_000_000) {
            dispatcher.handleAnswers();
            dispatcher.send();
        }
        dispatcher.handleAnswers();
    }

    private double events(String outcome) {
        var counter = registry.find("usageflow.delivery.events")
                .tag("outcome", outcome)
                .counter();
        return counter == null ? 0 : counter.count();
    }

    private double lookups(String result) {
        return registry.get("usageflow.delivery.lookups")
                .tag("result", result)
                .counter()
                .count();
    }

    @Test
    void shouldSettleWhatTheLookupShowsAndSendAgainWhatItDoesNot() {
        sink.posts.put("c", IGNORED);
        sink.lookups = id -> id.equals("id-1") ? ABSENT : there(id);
        arrive("c", "id-0", "id-1", "id-2");
        run(Duration.ofSeconds(3));

        assertThat(sink.asked).contains("id-0", "id-1", "id-2");
        assertThat(events("already_known")).isEqualTo(2);
        assertThat(lookups("found")).isEqualTo(2);

        sink.posts.remove("c");
        run(Duration.ofMinutes(10));
        assertThat(events("accepted")).isEqualTo(1);
        assertThat(events("dead_lettered")).isZero();
    }

    static List<Answer> answersThatSayNothing() {
        return List.of(
                json(200, "{}"),
                json(200, "{\"id\":\"another\"}"),
                json(200, "[]"),
                json(404, "<html>not here</html>"),
                json(400, "{\"title\":\"Bad Request\"}"),
                json(500, ""),
                new Answer.Response(404, Map.of(), "", true),
                new Answer.Failure(true, "late"));
    }

    @ParameterizedTest
    @MethodSource("answersThatSayNothing")
    void shouldConcludeNothingFromALookupThatSaysNothing(Answer answer) {
        sink.posts.put("c", IGNORED);
        sink.lookups = id -> answer;
        arrive("c", "id-0");
        run(Duration.ofMinutes(10));

        assertThat(sink.sent).as("sent once, then only asked").hasSize(1);
        assertThat(sink.asked).as("with back-off").hasSizeBetween(2, 40);
        assertThat(events("already_known") + events("accepted") + events("dead_lettered"))
                .isZero();
    }

    @Test
    void shouldAskWithinTheRateAndHoldUpNobodyElse() {
        sink.posts.put("c", IGNORED);
        String[] ids = new String[100];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = "id-" + i;
        }
        sink.lookups = LookupsTest::there;
        arrive("c", ids);
        run(Duration.ofSeconds(4));
        arrive("other", "id-other");
        run(Duration.ofMillis(100));

        assertThat(events("accepted")).as("the other customer").isEqualTo(1);
        assertThat(sink.asked).hasSizeBetween(10, 45);
        run(Duration.ofSeconds(20));
        assertThat(sink.asked).hasSize(100).doesNotHaveDuplicates();
        assertThat(events("already_known")).isEqualTo(100);
        assertThat(sink.sent).containsExactlyInAnyOrder("c", "other");
    }

    @Test
    void shouldBackOffAndHoldACustomerThatStaysUnclearAsOneThatFails() {
        sink.posts.put("c", IGNORED);
        arrive("c", "id-0");
        for (int minute = 0; minute < 10; minute++) {
            run(Duration.ofMinutes(1));
            arrive("other", "id-other-" + minute);
        }
        assertThat(sink.asked).as("with back-off").hasSizeLessThan(40);
        assertThat(events("dead_lettered"))
                .as("its budget of 15 minutes is not over")
                .isZero();
        assertThat(destination.customers().lastCause()).contains("ignored\\u0007");

        for (int minute = 10; minute < 40; minute++) {
            run(Duration.ofMinutes(1));
            arrive("other", "id-other-" + minute);
        }
        run(Duration.ofSeconds(10));
        assertThat(events("dead_lettered"))
                .as("CUSTOMER_BLOCKED, to be replayed")
                .isEqualTo(1);
        assertThat(events("accepted")).isEqualTo(40);
    }

    @Test
    void shouldCondemnNobodyWhereEveryAnswerIsUnclear() {
        for (String customer : List.of("a", "b", "c")) {
            sink.posts.put(customer, IGNORED);
            arrive(customer, "id-" + customer);
        }
        run(Duration.ofHours(2));

        assertThat(events("dead_lettered")).isZero();
        assertThat(events("already_known")).isZero();
    }

    @Test
    void shouldLetCredytsRefusalStandWhereTheEventThatItsTextSpeaksOfIsNotThere() {
        Answer refusal = json(422, "{\"title\":\"x\",\"detail\":\"'event id already exists' is too long\"}");
        sink.posts.put("c", refusal);
        arrive("other", "id-other");
        arrive("c", "id-0");
        run(Duration.ofMinutes(2));

        assertThat(sink.asked).containsExactly("id-0");
        assertThat(sink.sent).containsExactlyInAnyOrder("other", "c");
        assertThat(events("dead_lettered")).isEqualTo(1);
        assertThat(events("already_known")).isZero();
    }

    @Test
    void shouldOpenTheCircuitWhereSomethingOnTheWayAnswersEverybody() {
        Answer payment = new Answer.Response(402, Map.of("content-type", "text/html"), "<html>pay</html>", false);
        for (int i = 0; i < 6; i++) {
            sink.posts.put("c" + i, payment);
            arrive("c" + i, "id-" + i);
        }
        run(Duration.ofMinutes(1));

        assertThat(destination.circuit().cause()).contains(OutageCause.REFUSED);
        assertThat(destination.circuit().detail()).isEqualTo("HTTP 402");
        run(Duration.ofHours(1));
        assertThat(events("dead_lettered")).isZero();
        sink.posts.clear();
        run(Duration.ofMinutes(10));
        assertThat(events("accepted")).isEqualTo(6);
    }
}
