package io.usageflow.benchmarks.program;

import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.EventJson;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.serde.AvroSerdes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Utils;

/** A peer's consumer, set as delivery sets its own, and whether it has partitions. Thread-safe. */
final class PeerConsumer implements ConsumerRebalanceListener {
    private volatile boolean assigned;

    static KafkaConsumer<byte[], byte[]> of(Settings settings) {
        Map<String, Object> config = new HashMap<>(settings.kafka().client());
        config.put(ConsumerConfig.GROUP_ID_CONFIG, settings.topics().names().prefix() + "-delivery");
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2_000);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    boolean assigned() {
        return assigned;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        assigned = true;
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        assigned = false;
    }

    /** Deliverable records as the body of a request: their JSON, as delivery takes it. Not thread-safe. */
    static final class RequestBodies {
        private final Deserializer<DeliverableEvent> deliverables;

        RequestBodies(Map<String, ?> registry) {
            deliverables = AvroSerdes.valueDeserializer(registry, DeliverableEvent.class);
        }

        /** The customer of the request is that of the first record. */
        byte[] of(List<ConsumerRecord<byte[], byte[]>> records) {
            List<byte[]> jsons = new ArrayList<>(records.size());
            CredytReference customer = null;
            for (ConsumerRecord<byte[], byte[]> record : records) {
                DeliverableEvent deliverable =
                        deliverables.deserialize(record.topic(), record.headers(), record.value());
                jsons.add(Utils.toArray(deliverable.getJson()));
                customer = customer == null ? deliverable.getCustomer() : customer;
            }
            if (customer == null) {
                throw new IllegalArgumentException("no records, no body");
            }
            return EventJson.body(customer.getKind() == ReferenceKind.EXTERNAL_ID, customer.getValue(), jsons);
        }
    }

    /** Apache's blocking client, with as many connections as there are threads. Thread-safe; close it. */
    static final class BlockingPost implements AutoCloseable {
        private final CloseableHttpClient client;
        private final String events;
        private final String apiKey;

        BlockingPost(CredytSettings credyt, int connections) {
            events = credyt.url() + "/events";
            apiKey = credyt.apiKey().text().value();
            client = HttpClients.custom()
                    .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                            .setMaxConnTotal(connections)
                            .setMaxConnPerRoute(connections)
                            .setDefaultSocketConfig(
                                    SocketConfig.custom().setTcpNoDelay(true).build())
                            .build())
                    .disableAutomaticRetries()
                    .disableCookieManagement()
                    .disableRedirectHandling()
                    .disableAuthCaching()
                    .disableContentCompression()
                    .build();
        }

        /** @throws IllegalStateException if the answer is not 202 */
        void send(byte[] body) {
            HttpPost post = new HttpPost(events);
            post.setHeader("X-CREDYT-API-KEY", apiKey);
            post.setEntity(new ByteArrayEntity(body, ContentType.create("application/json")));
            try {
                int status = client.execute(post, response -> {
                    EntityUtils.consume(response.getEntity());
                    return response.getCode();
                });
                if (status != 202) {
                    throw new IllegalStateException("HTTP " + status);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            client.close(org.apache.hc.core5.io.CloseMode.GRACEFUL);
        }
    }
}
