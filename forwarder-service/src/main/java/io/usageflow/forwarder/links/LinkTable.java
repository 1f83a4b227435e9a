package io.usageflow.forwarder.links;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.TopicReader;
import io.usageflow.forwarder.topics.AccountPartition;
import io.usageflow.forwarder.topics.TopicAdmin;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.VendorLink;
import io.usageflow.schema.registry.RegistryUnavailableException.SchemaLostException;
import io.usageflow.schema.rule.Violation;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.text.VisibleText;
import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * The links that hold now, as admission takes them: of each name the newest record that breaks no rule, in the
 * partition that the name belongs to. A record in another partition is on its way: admission writes it where it
 * belongs. One partition after the other, with at most {@value #NAMES_MAX} names in memory. Thread-safe.
 */
public final class LinkTable {
    private static final int NAMES_MAX = 200_000;
    /** Refused records that wait for a later one which mends them; more are handed over at once. */
    private static final int REFUSED_MAX = 10_000;

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(15);
    private static final Duration READ_WITHIN = Duration.ofMinutes(30);

    private final Settings settings;
    private final LatestByKey newest;

    public LinkTable(Settings settings) {
        this(settings, NAMES_MAX);
    }

    LinkTable(Settings settings, int namesMax) {
        this.settings = settings;
        this.newest = new LatestByKey(namesMax);
    }

    /**
     * A record that admission refuses.
     *
     * @param name of the account or vendor, as the record's key has it
     * @param text a sentence with the record's place, safe to show
     */
    public record Refusal(String name, String text) {
        @Override
        public String toString() {
            return text;
        }
    }

    /**
     * Hands over every link of the kind, sorted by name within a partition where that fits into memory.
     *
     * @param refusals takes what admission refuses and no later record of the same name has mended
     * @throws io.usageflow.forwarder.kafka.KafkaClients.ClusterUnreachableException if Kafka does not answer
     * @throws io.usageflow.forwarder.kafka.TopicsNotReadyException if there is no such topic
     */
    public void read(LinkKind kind, Consumer<Link> links, Consumer<Refusal> refusals) {
        int partitions = partitions(kind);
        for (int partition = 0; partition < partitions; partition++) {
            read(kind, partition, partitions, links, refusals);
        }
    }

    /** The one link of a name; empty where it has none. */
    public Optional<Link> find(LinkKind kind, String name, Consumer<Refusal> refusals) {
        var found = new AtomicReference<@Nullable Link>();
        read(
                kind,
                link -> {
                    if (link.name().equals(name)) {
                        found.set(link);
                    }
                },
                refusals);
        return Optional.ofNullable(found.get());
    }

    private int partitions(LinkKind kind) {
        Topics topics = settings.topics().names();
        try (TopicAdmin admin = TopicAdmin.connect(settings.kafka(), ANSWER_WITHIN)) {
            return admin.partitions(kind.topic(topics));
        }
    }

    private void read(LinkKind kind, int partition, int partitions, Consumer<Link> links, Consumer<Refusal> refusals) {
        String topic = kind.topic(settings.topics().names());
        var reader = new TopicReader(settings.kafka().client());
        Map<String, Refusal> refused = new LinkedHashMap<>();
        try (var decoder = Decoder.of(kind, settings.registry().serde())) {
            newest.<Link>of(
                    entries -> reader.read(topic, TopicReader.Part.of(partition), READ_WITHIN, record -> {
                        if (isAtHome(kind, record, partitions)) {
                            take(record, decoder, entries, refused, refusals);
                        }
                        return true;
                    }),
                    links);
        }
        refused.values().forEach(refusals);
    }

    /** Kafka's default partitioning, by which admission looks for customer links; vendor links are everywhere. */
    private static boolean isAtHome(LinkKind kind, ConsumerRecord<byte[], byte[]> record, int partitions) {
        return record.key() != null
                && (kind == LinkKind.VENDOR || AccountPartition.of(record.key(), partitions) == record.partition());
    }

    private static void take(
            ConsumerRecord<byte[], byte[]> record,
            Decoder decoder,
            LatestByKey.Entries<Link> entries,
            Map<String, Refusal> refused,
            Consumer<Refusal> refusals) {
        String name = new String(record.key(), UTF_8);
        if (record.value() == null) {
            entries.removed(name);
            refused.remove(name);
            return;
        }
        Optional<String> refusal;
        try {
            Link link = decoder.link().apply(record.value());
            refusal = objection(link, name);
            if (refusal.isEmpty()) {
                entries.put(name, link);
                refused.remove(name);
            }
        } catch (SerializationException | SchemaLostException undecodable) {
            refusal = Optional.of(String.valueOf(undecodable.getMessage()));
        }
        refusal.ifPresent(why -> {
            var found = new Refusal(
                    name,
                    record.topic() + ", partition " + record.partition() + ", offset " + record.offset() + ", "
                            + VisibleText.of(record.key()) + ": " + why);
            if (refused.size() < REFUSED_MAX) {
                refused.put(name, found);
            } else {
                refusals.accept(found);
            }
        });
    }

    private static Optional<String> objection(Link link, String key) {
        if (!link.name().equals(key)) {
            return Optional.of("its value is of " + link.name());
        }
        List<Violation> violations = link.violations();
        return violations.isEmpty()
                ? Optional.empty()
                : Optional.of(violations.stream().map(Violation::message).collect(Collectors.joining("; ")));
    }

    /** Reads the values of one topic. */
    private record Decoder(Function<byte[], Link> link, Runnable closing) implements AutoCloseable {
        static Decoder of(LinkKind kind, Map<String, ?> registry) {
            return kind == LinkKind.CUSTOMER
                    ? of(AvroSerdes.ownValueDeserializer(registry, CustomerLink.class), Link::of)
                    : of(AvroSerdes.ownValueDeserializer(registry, VendorLink.class), Link::of);
        }

        private static <T extends SpecificRecord> Decoder of(Deserializer<T> deserializer, Function<T, Link> link) {
            return new Decoder(value -> link.apply(deserializer.deserialize("", value)), deserializer::close);
        }

        @Override
        public void close() {
            closing.run();
        }
    }
}
