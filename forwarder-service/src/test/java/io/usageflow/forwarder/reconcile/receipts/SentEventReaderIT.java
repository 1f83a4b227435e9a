package io.usageflow.forwarder.reconcile.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.LogId;
import io.usageflow.forwarder.reconcile.EventRef;
import io.usageflow.forwarder.testing.DeliveredEvents;
import io.usageflow.forwarder.testing.WrittenTopics;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.UsageEvent;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** A receipt's coordinates are good only in the log that they name. */
class SentEventReaderIT {
    private static final String ACCOUNT = DeliveredEvents.account(1);
    private static final String CREDYT_ID = "8c5b5a4e-6ae4-5d0c-9b0a-2f1d7e2f6a11";
    private static final CredytReference CUSTOMER = new CredytReference(ReferenceKind.EXTERNAL_ID, ACCOUNT, null);

    @Test
    void shouldReadWhatWasSentOnlyFromTheTopicThatTheReceiptNames() {
        try (EmbeddedBroker broker = EmbeddedBroker.start();
                WrittenTopics topics = new WrittenTopics(broker.bootstrapServers())) {
            Settings settings = topics.settings(Map.of());
            RecordMetadata sent = topics.write(topics.names().deliverable(), ACCOUNT, deliverable(topics));
            String topicId = LogId.ask(settings.kafka().client(), topics.names().deliverable())
                    .topic();

            try (SentEventReader reader = new SentEventReader(settings)) {
                assertThat(reader.find(receiptNaming(sent, topicId)).whyNot()).isEmpty();
                assertThat(reader.find(receiptNaming(sent, "")).whyNot()).isEmpty();
                ReconcileItem recreated =
                        reader.find(receiptNaming(sent, Uuid.randomUuid().toString()));
                assertThat(recreated.sent()).isEmpty();
                assertThat(recreated.whyNot()).contains("the topic was made again");
            }
        }
    }

    private static EventRef receiptNaming(RecordMetadata sent, String topicId) {
        return new EventRef(
                "id-1",
                CREDYT_ID,
                ACCOUNT,
                CUSTOMER,
                Optional.of(Instant.EPOCH),
                Optional.empty(),
                EventRef.Position.NONE,
                new EventRef.Position(sent.partition(), sent.offset(), topicId));
    }

    private static DeliverableEvent deliverable(WrittenTopics topics) {
        UsageEvent event = DeliveredEvents.event(1);
        return DeliverableEvent.newBuilder()
                .setEventId(event.getId())
                .setAccountId(event.getAccountId())
                .setCredytEventId(CREDYT_ID)
                .setCustomer(CUSTOMER)
                .setVendors(Map.of("openai", new CredytReference(ReferenceKind.EXTERNAL_ID, "openai", null)))
                .setSource(new SourceCoordinates(topics.names().events(), 0, 0L, Instant.EPOCH, null))
                .setAdmittedAt(Instant.EPOCH)
                .setEvent(ByteBuffer.wrap(topics.bytes(topics.names().events(), event)))
                .build();
    }
}
