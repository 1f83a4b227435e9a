package io.usageflow.forwarder.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.credyt.EventJson;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.schema.Cost;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.id.CredytIds;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Events as they stand when all went well: admitted, with a receipt, and at Credyt with fees. Not thread-safe. */
public final class DeliveredEvents {
    /** Has a price in the sandbox's development seed. */
    public static final String TYPE = "image_generated";

    private static final int ACCOUNTS = 20;
    private static final int BATCH = 100;

    private final WrittenTopics topics;
    private final CredytSandbox sandbox;
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<String> ids = new ArrayList<>();

    private record Admitted(DeliverableEvent deliverable, byte[] json, Future<RecordMetadata> written) {}

    public DeliveredEvents(WrittenTopics topics, CredytSandbox sandbox) {
        this.topics = topics;
        this.sandbox = sandbox;
    }

    /** The ids at Credyt, in the order in which they were delivered. */
    public List<String> ids() {
        return ids;
    }

    public static String account(int number) {
        return "acct_" + number % ACCOUNTS;
    }

    /** So many more of them, accepted at that time. */
    public DeliveredEvents deliver(int count, Instant acceptedAt) {
        return deliver(count, acceptedAt, true);
    }

    /** So many more, which Credyt has and whose answers never came. */
    public DeliveredEvents deliverWithoutAnswer(int count) {
        return deliver(count, Instant.EPOCH, false);
    }

    private DeliveredEvents deliver(int count, Instant acceptedAt, boolean answered) {
        Map<String, List<Admitted>> byAccount = new TreeMap<>();
        int from = ids.size();
        for (int i = from; i < from + count; i++) {
            Admitted admitted = admit(event(i));
            ids.add(admitted.deliverable().getCredytEventId());
            byAccount.computeIfAbsent(account(i), account -> new ArrayList<>()).add(admitted);
        }
        byAccount.forEach((account, all) -> {
            for (int i = 0; i < all.size(); i += BATCH) {
                post(account, all.subList(i, Math.min(all.size(), i + BATCH)));
            }
            if (answered) {
                all.forEach(admitted -> receipt(admitted, acceptedAt));
            }
        });
        topics.flush();
        return this;
    }

    private Admitted admit(UsageEvent event) {
        byte[] published = topics.bytes(topics.names().events(), event);
        var deliverable = DeliverableEvent.newBuilder()
                .setEventId(event.getId())
                .setAccountId(event.getAccountId())
                .setCredytEventId(
                        CredytIds.ofEvent(event.getAccountId(), event.getId()).toString())
                .setCustomer(new CredytReference(ReferenceKind.EXTERNAL_ID, event.getAccountId(), null))
                .setVendors(Map.of("openai", new CredytReference(ReferenceKind.EXTERNAL_ID, "openai", null)))
                .setSource(new SourceCoordinates(topics.names().events(), 0, (long) ids.size(), Instant.EPOCH, null))
                .setAdmittedAt(Instant.EPOCH)
                .setEvent(ByteBuffer.wrap(published))
                .build();
        byte[] json = EventJson.event(deliverable, event);
        deliverable.setJson(ByteBuffer.wrap(json));
        return new Admitted(
                deliverable,
                json,
                topics.send(
                        topics.names().deliverable(),
                        event.getAccountId(),
                        topics.bytes(topics.names().deliverable(), deliverable),
                        Map.of("traceparent", "00-" + ids.size())));
    }

    private void receipt(Admitted admitted, Instant acceptedAt) {
        RecordMetadata place = WrittenTopics.ended(admitted.written());
        DeliverableEvent deliverable = admitted.deliverable();
        topics.send(
                topics.names().receipts(),
                deliverable.getAccountId(),
                topics.bytes(
                        topics.names().receipts(),
                        Receipt.newBuilder()
                                .setEventId(deliverable.getEventId())
                                .setAccountId(deliverable.getAccountId())
                                .setCredytEventId(deliverable.getCredytEventId())
                                .setCustomer(deliverable.getCustomer())
                                .setOutcome("ACCEPTED")
                                .setHttpStatus(202)
                                .setAttempts(1)
                                .setAcceptedAt(acceptedAt.truncatedTo(ChronoUnit.MILLIS))
                                .setSource(deliverable.getSource())
                                .setDeliverablePartition(place.partition())
                                .setDeliverableOffset(place.offset())
                                .build()),
                Map.of());
    }

    private void post(String account, List<Admitted> batch) {
        post(EventJson.body(true, account, batch.stream().map(Admitted::json).toList()));
    }

    /** Past all topics, as another system with the same key would. */
    public DeliveredEvents postAside(int account, String... ids) {
        String events = Stream.of(ids)
                .map(id -> "{\"id\":\"" + id + "\",\"event_type\":\"" + TYPE
                        + "\",\"occurred_at\":\"2026-11-01T10:00:00Z\"}")
                .collect(Collectors.joining(","));
        post(("{\"customer_external_id\":\"" + account(account) + "\",\"events\":[" + events + "]}").getBytes(UTF_8));
        return this;
    }

    /** Past all topics, the event of that number under another id. */
    public DeliveredEvents postAs(int number, String id) {
        Admitted admitted = admit(event(number));
        String json = new String(admitted.json(), UTF_8)
                .replace(admitted.deliverable().getCredytEventId(), id);
        post(EventJson.body(true, account(number), List.of(json.getBytes(UTF_8))));
        return this;
    }

    private void post(byte[] body) {
        var request = HttpRequest.newBuilder(URI.create(sandbox.url() + "/events"))
                .header("X-CREDYT-API-KEY", "dev")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() / 100 != 2) {
                throw new IllegalStateException("the sandbox refuses: " + answer.statusCode() + " " + answer.body());
            }
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException("the sandbox was not reached", failed);
        }
    }

    /** The event of that number; no two have the same content. */
    public static UsageEvent event(int number) {
        return UsageEvent.newBuilder()
                .setId(UUID.nameUUIDFromBytes(("delivered/" + number).getBytes(UTF_8))
                        .toString())
                .setEventType(TYPE)
                .setOccurredAt(Instant.parse("2026-11-01T10:00:00.123456Z").plusSeconds(number))
                .setAccountId(account(number))
                .setSubject("chat_" + number)
                .setData(Map.of("model", "gpt-4", "total_tokens", 1_500L + number))
                .setCosts(List.of(Cost.newBuilder()
                        .setVendor("openai")
                        .setAmount(new BigDecimal("0.016100000000000000").add(BigDecimal.valueOf(number, 9)))
                        .setCurrency("USD")
                        .build()))
                .build();
    }
}
