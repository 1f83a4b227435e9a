package io.usageflow.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.schema.CredytReference;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.VendorLink;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;

/** Writes a link for every account and for the vendor that the events name. */
public final class LinkWriter {
    private LinkWriter() {}

    /** Returns when they are in Kafka; the slice is that of the customers' links. */
    public static Slice write(String bootstrapServers, Topics topics, Map<String, ?> registry) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        Map<TopicPartition, Slice.Part> parts = new ConcurrentHashMap<>();
        Map<String, Object> settings = new HashMap<>();
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 20);
        try (KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
                Serializer<CustomerLink> customers = AvroSerdes.valueSerializer(registry);
                Serializer<VendorLink> vendors = AvroSerdes.valueSerializer(registry)) {
            VendorLink vendor = new VendorLink(
                    EventTemplate.VENDOR, new CredytReference(ReferenceKind.CREDYT_ID, "vnd_4zhwdkxhjhp5v6"), now);
            producer.send(new ProducerRecord<>(
                    topics.vendorLinks(),
                    EventTemplate.VENDOR.getBytes(UTF_8),
                    vendors.serialize(topics.vendorLinks(), vendor)));
            for (int rank = 0; rank < Accounts.COUNT; rank++) {
                String account = Accounts.name(rank);
                CustomerLink link = new CustomerLink(
                        account, new CredytReference(ReferenceKind.EXTERNAL_ID, "customer-" + rank), now);
                producer.send(
                        new ProducerRecord<>(
                                topics.customerLinks(),
                                account.getBytes(UTF_8),
                                customers.serialize(topics.customerLinks(), link)),
                        (at, failure) -> {
                            if (failure == null) {
                                parts.merge(
                                        new TopicPartition(at.topic(), at.partition()),
                                        Slice.Part.of(at.offset()),
                                        (known, one) -> known.with(one.first()));
                            }
                        });
            }
            producer.flush();
        }
        Slice slice = new Slice(Accounts.COUNT, parts);
        long placed = parts.values().stream()
                .mapToLong(part -> part.end() - part.first())
                .sum();
        if (placed != Accounts.COUNT) {
            throw new KafkaException(
                    "of " + Accounts.COUNT + " links " + placed + " were placed in " + topics.customerLinks());
        }
        return slice;
    }
}
