package io.usageflow.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.usageflow.cli.CommandRun;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.forwarder.testing.DeliveredEvents;
import io.usageflow.forwarder.testing.WrittenTopics;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import io.usageflow.sandbox.fault.Fault;
import io.usageflow.sandbox.fault.FaultRule;
import io.usageflow.sandbox.fault.FaultRule.FaultMatch;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.id.CredytIds;
import io.usageflow.schema.topic.Topics.EventHeaders;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Traces over topics that hold what the stages leave behind. */
class TraceCommandIT {
    private static final Instant TEN = Instant.parse("2026-11-01T10:00:00Z");
    private static final String ACCOUNT = "acct_1";

    @AutoClose
    private static EmbeddedBroker broker = EmbeddedBroker.start();

    private final CommandRun command = new CommandRun();

    @AutoClose
    private WrittenTopics topics = new WrittenTopics(broker.bootstrapServers());

    private static UsageEvent event(String account, String id) {
        UsageEvent event = DeliveredEvents.event(1);
        event.setAccountId(account);
        event.setId(id);
        return event;
    }

    private SourceCoordinates publish(String account, String id) {
        return coordinates(topics.write(topics.names().events(), account, event(account, id)));
    }

    private static SourceCoordinates coordinates(RecordMetadata ref) {
        return new SourceCoordinates(
                ref.topic(), ref.partition(), ref.offset(), Instant.ofEpochMilli(ref.timestamp()), null);
    }

    private RecordMetadata admit(String account, String id, SourceCoordinates source, String replayOf) {
        return topics.write(
                topics.names().deliverable(),
                account,
                DeliverableEvent.newBuilder()
                        .setEventId(id)
                        .setAccountId(account)
                        .setCredytEventId(CredytIds.ofEvent(account, id).toString())
                        .setCustomer(new CredytReference(ReferenceKind.EXTERNAL_ID, account, null))
                        .setVendors(Map.of())
                        .setSource(source)
                        .setAdmittedAt(TEN.plusSeconds(1))
                        .setReplayOf(replayOf)
                        .setEvent(ByteBuffer.wrap(topics.bytes(topics.names().events(), event(account, id))))
                        .build());
    }

    private void deliver(String account, String id, SourceCoordinates source, RecordMetadata deliverable) {
        topics.write(
                topics.names().receipts(),
                account,
                Receipt.newBuilder()
                        .setEventId(id)
                        .setAccountId(account)
                        .setCredytEventId(CredytIds.ofEvent(account, id).toString())
                        .setCustomer(new CredytReference(ReferenceKind.EXTERNAL_ID, account, null))
                        .setOutcome("ACCEPTED")
                        .setHttpStatus(202)
                        .setAttempts(2)
                        .setAcceptedAt(TEN.plusSeconds(5))
                        .setSource(source)
                        .setDeliverablePartition(deliverable.partition())
                        .setDeliverableOffset(deliverable.offset())
                        .build());
    }

    private void refuse(String account, String id, SourceCoordinates source, String letter) {
        topics.write(
                topics.names().deadLetters(),
                account,
                DeadLetter.newBuilder()
                        .setId(letter)
                        .setEventId(id)
                        .setAccountId(account)
                        .setStage("delivery")
                        .setReason("REJECTED")
                        .setDetail("Credyt refused \u001b[31mthe event")
                        .setHttpStatus(422)
                        .setResponseExcerpt("{\"errors\":{\"data\":\"bad\"}}")
                        .setAttempts(1)
                        .setFirstFailedAt(TEN.plusSeconds(3))
                        .setLastFailedAt(TEN.plusSeconds(3))
                        .setSource(source)
                        .setOriginalHeaders(List.of())
                        .setVersion("test")
                        .build());
    }

    private void mark(String letter, String state) {
        topics.write(
                topics.names().deadLetterMarks(),
                letter,
                DeadLetterMark.newBuilder()
                        .setDeadLetterId(letter)
                        .setState(state)
                        .setWho("ada")
                        .setWhy("price was fixed")
                        .setJob("job-1")
                        .setMarkedAt(TEN.plusSeconds(4))
                        .setFixes(List.of())
                        .build());
    }

    private JsonNode traced(String... arguments) throws Exception {
        assertThat(command.run(topics.with(arguments)))
                .describedAs(command.err())
                .isZero();
        return new ObjectMapper().readTree(command.out());
    }

    @Test
    void shouldTellOfAnEventThatWasDeliveredOnceAndPublishedThrice() {
        SourceCoordinates first = publish(ACCOUNT, "req-1");
        publish(ACCOUNT, "req-1");
        publish(ACCOUNT, "req-2");
        publish(ACCOUNT, "req-1");
        deliver(ACCOUNT, "req-1", first, admit(ACCOUNT, "req-1", first, null));

        assertThat(command.run(topics.with("trace", "req-1", "--account", ACCOUNT)))
                .isZero();

        assertThat(command.out().lines().filter(line -> line.startsWith("  2")).map(line -> line.split(" +")[2]))
                .containsExactlyInAnyOrder(
                        "delivered", "admitted", "duplicate", "published", "duplicate", "published", "published");
        assertThat(command.out())
                .contains("outcome ACCEPTED, HTTP status 202, proof ANSWER, attempts 2, customer EXTERNAL_ID acct_1")
                .contains(topics.names().events() + " " + first.getPartition() + "@" + first.getOffset())
                .endsWith("delivered once at 2026-11-01T10:00:05Z, Credyt id " + CredytIds.ofEvent(ACCOUNT, "req-1")
                        + "\n");
        assertThat(command.err()).contains("the partition of " + ACCOUNT);
    }

    @Test
    void shouldFindAnEventByItsIdAtCredyt() throws Exception {
        SourceCoordinates source = publish(ACCOUNT, "req-1");
        deliver(ACCOUNT, "req-1", source, admit(ACCOUNT, "req-1", source, null));

        JsonNode json = traced("trace", CredytIds.ofEvent(ACCOUNT, "req-1").toString(), "--json");

        assertThat(json.at("/events/0/event_id").textValue()).isEqualTo("req-1");
        assertThat(json.at("/events/0/verdict/state").textValue()).isEqualTo("DELIVERED");
        assertThat(json.at("/events/0/happenings")).hasSize(3);
        assertThat(json.at("/events/0/happenings").findValue("proof").textValue())
                .isEqualTo("ANSWER");
        assertThat(json.at("/unreadable").longValue()).isZero();
        assertThat(command.err()).contains("all partitions");
    }

    @Test
    void shouldTellOfADeadLetterAndWhatToDoNext() {
        SourceCoordinates source = publish(ACCOUNT, "req-1");
        admit(ACCOUNT, "req-1", source, null);
        refuse(ACCOUNT, "req-1", source, "letter-1");

        assertThat(command.run(topics.with("trace", "req-1"))).isZero();

        assertThat(command.out())
                .contains("reason REJECTED, stage delivery, detail Credyt refused \\u001B[31mthe event")
                .contains("answer {\"errors\":{\"data\":\"bad\"}}")
                .doesNotContain("\u001b")
                .endsWith(
                        "dead letter REJECTED since 2026-11-01T10:00:03Z, not replayed; next: usageflow dead-letters show"
                                + " letter-1\n");
    }

    @Test
    void shouldTellWhoReplayedIt() throws Exception {
        SourceCoordinates source = publish(ACCOUNT, "req-1");
        admit(ACCOUNT, "req-1", source, null);
        refuse(ACCOUNT, "req-1", source, "letter-1");
        mark("letter-1", "REPLAYED");
        RecordMetadata replay = topics.write(
                topics.names().replays(),
                ACCOUNT,
                topics.bytes(topics.names().replays(), event(ACCOUNT, "req-1")),
                Map.of(EventHeaders.REPLAY_OF, "letter-1"));
        JsonNode underWay = traced("trace", "req-1", "--json");
        assertThat(underWay.at("/events/0/verdict/state").textValue()).isEqualTo("REPLAY_UNDER_WAY");
        assertThat(underWay.at("/events/0/verdict/text").textValue())
                .contains("replayed by ada")
                .contains("price was fixed");

        deliver(ACCOUNT, "req-1", coordinates(replay), admit(ACCOUNT, "req-1", coordinates(replay), "letter-1"));
        var after = new CommandRun();
        assertThat(after.run(topics.with("trace", "req-1"))).isZero();

        assertThat(after.out())
                .contains("replay of letter-1")
                .contains("who ada, why price was fixed, job job-1, of letter-1")
                .contains("delivered once at");
    }

    @Test
    void shouldTellThatItWasDiscarded() throws Exception {
        SourceCoordinates source = publish(ACCOUNT, "req-1");
        refuse(ACCOUNT, "req-1", source, "letter-1");
        mark("letter-1", "DISCARDED");

        assertThat(traced("trace", "req-1", "--json")
                        .at("/events/0/verdict/state")
                        .textValue())
                .isEqualTo("DISCARDED");
    }

    @Test
    void shouldTellWaitingForAdmissionFromParked() throws Exception {
        SourceCoordinates source = publish(ACCOUNT, "req-1");
        HttpServer admin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        String parkedPage = """
                {"as_of":"2026-11-01T11:00:00Z",
                 "scope":{"detail":"","complete":true,"partitions":[0],"partitions_in_all":1,"unreadable":[]},
                 "totals":{"events":1,"accounts":1},"limit":1,"accounts":[%s]}""";
        var page = new AtomicReference<>(parkedPage.formatted("""
                {"account":"acct_1","partition":0,"events":1,"oldest_since":"2026-11-01T10:00:00Z",
                 "oldest_age_seconds":3600,"waits_for":{"link":"customer","name":"acct_1"}}"""));
        admin.createContext("/admission/parked", exchange -> {
            byte[] body = page.get().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        admin.start();
        try {
            String url = "http://127.0.0.1:" + admin.getAddress().getPort();
            assertThat(traced("trace", "req-1", "--json", "--admin", url)
                            .at("/events/0/verdict/state")
                            .textValue())
                    .isEqualTo("WAITS_FOR_ADMISSION");
            commit(topics.names().prefix() + ".admission", source, 1);

            var parked = new CommandRun();
            assertThat(parked.run(topics.with("trace", "req-1", "--admin", url)))
                    .isZero();
            assertThat(parked.out())
                    .contains(
                            "parked since 2026-11-01T10:00:00Z: waits for the customer link of acct_1; next: usageflow"
                                    + " links put --account acct_1 --customer-external-id ID");

            page.set(parkedPage.formatted(""));
            var forgotten = new CommandRun();
            assertThat(forgotten.run(topics.with("trace", "req-1", "--admin", url)))
                    .isZero();
            assertThat(forgotten.out()).contains("neither parked it nor handed it on: most likely a repeat");
        } finally {
            admin.stop(0);
        }
        var unreachable = new CommandRun();
        assertThat(unreachable.run(topics.with("trace", "req-1", "--admin", "http://127.0.0.1:1")))
                .isZero();
        assertThat(unreachable.out())
                .contains("note: parked events are in no topic, and http://127.0.0.1:1 does not answer")
                .contains("read by admission and parked: it waits for a link of account acct_1");
    }

    private void commit(String group, SourceCoordinates at, int beyond) throws Exception {
        try (Admin admin = admin()) {
            admin.alterConsumerGroupOffsets(
                            group,
                            Map.of(
                                    new TopicPartition(at.getTopic(), at.getPartition()),
                                    new OffsetAndMetadata(at.getOffset() + beyond)))
                    .all()
                    .get();
        }
    }

    private static Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    @Test
    void shouldTellEachAccountThatUsesTheId() throws Exception {
        SourceCoordinates one = publish(ACCOUNT, "req-1");
        deliver(ACCOUNT, "req-1", one, admit(ACCOUNT, "req-1", one, null));
        SourceCoordinates other = publish("acct_2", "req-1");
        refuse("acct_2", "req-1", other, "letter-2");

        assertThat(command.run(topics.with("trace", "req-1"))).isZero();

        assertThat(command.out())
                .contains("note: 2 accounts use this id")
                .contains("acct_1: delivered once")
                .contains("acct_2: dead letter REJECTED");
        assertThat(command.out()).contains("event req-1 of acct_1").contains("event req-1 of acct_2");
    }

    @Test
    void shouldSayWhatHasExpired() throws Exception {
        SourceCoordinates source = publish(ACCOUNT, "req-1");
        deliver(ACCOUNT, "req-1", source, admit(ACCOUNT, "req-1", source, null));
        publish(ACCOUNT, "req-9");
        try (Admin admin = admin()) {
            admin.deleteRecords(Map.of(
                            new TopicPartition(source.getTopic(), source.getPartition()),
                            RecordsToDelete.beforeOffset(source.getOffset() + 1)))
                    .all()
                    .get();
        }

        assertThat(command.run(topics.with("trace", "req-1"))).isZero();

        assertThat(command.out())
                .contains("not among those that were read")
                .contains("note: " + topics.names().events() + " begins at ")
                .contains("delivered once at");
    }

    @Test
    void shouldFailWhereARecordThatHoldsTheIdCannotBeRead() throws Exception {
        SourceCoordinates source = publish(ACCOUNT, "req-1");
        deliver(ACCOUNT, "req-1", source, admit(ACCOUNT, "req-1", source, null));
        byte[] lost = "\0\0\0\22\147req-1".getBytes(StandardCharsets.UTF_8);
        topics.write(topics.names().events(), ACCOUNT, "req-1, no event".getBytes(StandardCharsets.UTF_8), Map.of());
        assertThat(command.run(topics.with("trace", "req-1")))
                .as("of which admission makes a dead letter")
                .isZero();

        topics.write(topics.names().receipts(), ACCOUNT, lost, Map.of());
        topics.write(topics.names().receipts(), ACCOUNT, "rubbish req-1".getBytes(StandardCharsets.UTF_8), Map.of());
        var json = new CommandRun();
        assertThat(json.run(topics.with("trace", "req-1", "--json"))).isEqualTo(ExitCode.PROBLEMS);

        assertThat(json.err()).contains(topics.names().receipts() + " partition ", "holds the id and cannot be read: ");
        JsonNode document = new ObjectMapper().readTree(json.out());
        assertThat(document.at("/unreadable").longValue()).isEqualTo(2);
        assertThat(document.at("/notes/0").textValue()).isNotBlank();
        assertThat(document.at("/events/0/verdict/state").textValue()).isEqualTo("DELIVERED");
    }

    @Test
    void shouldSayThatNothingIsKnown() {
        publish(ACCOUNT, "req-1");

        assertThat(command.run(topics.with("trace", "req-"))).isEqualTo(ExitCode.PROBLEMS);
        assertThat(command.out()).startsWith("nothing is known of req-: check the id");
    }

    @Test
    void shouldJudgeTheFeesThatCredytCharged() throws Exception {
        try (CredytSandbox sandbox = CredytSandbox.start(SandboxOptions.dev().withApiKeys("dev"))) {
            List<String> ids = new DeliveredEvents(topics, sandbox)
                    .deliver(3, Instant.now().minus(Duration.ofDays(1)))
                    .ids();
            change(sandbox, "DELETE", ids.get(1));
            change(sandbox, "POST", ids.get(2));

            JsonNode well = atCredyt(sandbox, ids.get(0));
            assertThat(well.path("text").textValue()).isEqualTo("Credyt has it and charged 0.04 USD");
            assertThat(well.at("/event/fees/0/product_code").textValue()).isEqualTo("ai-usage");
            assertThat(well.at("/billing/result").textValue()).isEqualTo("BILLED");
            assertThat(atCredyt(sandbox, ids.get(1)).at("/billing/result").textValue())
                    .isEqualTo("UNBILLED");
            JsonNode twice = atCredyt(sandbox, ids.get(2));
            assertThat(twice.at("/billing/result").textValue()).isEqualTo("FEES_DOUBLE");
            assertThat(twice.at("/billing/why").textValue()).contains("has 1 price for the event, and charged 2 fees");

            assertThat(command.run(topics.with(trace(sandbox, ids.get(2))))).isEqualTo(ExitCode.OK);
            assertThat(command.out())
                    .contains("at Credyt: Credyt has it and charged 0.04 USD, 0.04 USD; FEES_DOUBLE: product ai-usage");

            sandbox.inject(FaultRule.always(FaultMatch.route("GET /products"), Fault.status(503)));
            JsonNode unjudged = atCredyt(sandbox, ids.get(0));
            assertThat(unjudged.path("text").textValue()).isEqualTo("Credyt has it and charged 0.04 USD");
            assertThat(unjudged.at("/billing/result").textValue()).isEqualTo("UNJUDGED");
            assertThat(unjudged.at("/billing/why").textValue()).contains("Credyt does not answer");
        }
    }

    private JsonNode atCredyt(CredytSandbox sandbox, String id) throws Exception {
        var run = new CommandRun();
        assertThat(run.run(topics.with(trace(sandbox, id, "--json"))))
                .describedAs(run::err)
                .isEqualTo(ExitCode.OK);
        return new ObjectMapper().readTree(run.out()).at("/events/0/credyt");
    }

    private static String[] trace(CredytSandbox sandbox, String id, String... more) {
        List<String> words = new ArrayList<>(List.of("trace", id, "--credyt"));
        words.addAll(List.of("--set", "credyt.url=" + sandbox.url(), "--set", "credyt.api.key=dev"));
        words.addAll(List.of(more));
        return words.toArray(String[]::new);
    }

    private static void change(CredytSandbox sandbox, String method, String id) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(sandbox.url() + "/__sandbox/events/" + id + "/fees"))
                                .method(method, HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
    }
}
