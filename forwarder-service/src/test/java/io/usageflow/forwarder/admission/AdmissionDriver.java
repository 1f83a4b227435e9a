package io.usageflow.forwarder.admission;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.usageflow.forwarder.admission.check.AccountPartitioner;
import io.usageflow.forwarder.admission.check.RegistryRetry.RegistryStatus;
import io.usageflow.forwarder.admission.counters.AdmissionMeters;
import io.usageflow.forwarder.admission.gate.BillingGate.Billing;
import io.usageflow.forwarder.admission.links.VendorLinks;
import io.usageflow.forwarder.admission.source.SourceOffsets;
import io.usageflow.forwarder.admission.source.SourcePositions;
import io.usageflow.forwarder.admission.streams.StoreTuning;
import io.usageflow.forwarder.catalogue.cache.CatalogueCache;
import io.usageflow.forwarder.catalogue.cache.CatalogueMeters;
import io.usageflow.forwarder.config.AdmissionSettings;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.ledger.LedgerBalance;
import io.usageflow.forwarder.ledger.LedgerCounter;
import io.usageflow.forwarder.testing.WatchedTopics;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.LedgerEntry;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.VendorLink;
import io.usageflow.schema.registry.client.SchemaRegistries;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;

/** Admission without a broker, spoken to in the words of the domain. One partition; its clock stands until it is moved. */
public final class AdmissionDriver implements AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(50);
    private static final Duration TICKED = Duration.ofSeconds(12);

    static final Topics TOPICS = Topics.withDefaultPrefix();

    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Map<String, Object> registry;
    final WatchedTopics sources = new WatchedTopics();
    final SourceOffsets offsets = new SourceOffsets();
    private final TopologyTestDriver driver;
    private final Map<String, TestInputTopic<byte[], byte[]>> inputs = new HashMap<>();
    private final Map<String, TestOutputTopic<byte[], byte[]>> outputs = new HashMap<>();
    private final List<LedgerEntry> published = new ArrayList<>();
    private Instant now = Events.NOON;
    private Duration jumped = Duration.ZERO;

    AdmissionDriver(Path stateDir, String... settings) {
        this(stateDir, 1, settings);
    }

    AdmissionDriver(Path stateDir, int partitions, String... settings) {
        this(stateDir, "mock://" + UUID.randomUUID(), partitions, settings);
    }

    AdmissionDriver(Path stateDir, String registryUrl, int partitions, String... settings) {
        this(stateDir, registryUrl, partitions, Optional.empty(), settings);
    }

    /** With Credyt's catalogue. */
    AdmissionDriver(Path stateDir, CatalogueCache catalogue, String... settings) {
        this(stateDir, "mock://" + UUID.randomUUID(), 1, Optional.of(catalogue), settings);
    }

    private AdmissionDriver(
            Path stateDir, String registryUrl, int partitions, Optional<CatalogueCache> catalogue, String... settings) {
        registry = Map.of("schema.registry.url", registryUrl);
        RegistryStatus watch = new RegistryStatus();
        AdmissionSettings parsed = settings(settings);
        AdmissionMeters counted = new AdmissionMeters(meters, watch, parsed);
        AdmissionDependencies parts = new AdmissionDependencies(
                parsed,
                TOPICS,
                new AccountPartitioner(partitions),
                registry,
                new AdmissionDependencies.Observation(
                        counted, watch, () -> now.minus(jumped).toEpochMilli()),
                new SourcePositions.Sources(
                        offsets,
                        sources.watch(
                                () -> Duration.between(Events.NOON, now).toNanos(),
                                TOPICS.events(),
                                TOPICS.replays(),
                                TOPICS.customerLinks()),
                        counted,
                        new SourcePositions.ReadWhole(TOPICS.vendorLinks(), WatchedTopics.FIRST)),
                new VendorLinks.Version(),
                catalogue.map(cache -> new Billing(cache, new CatalogueMeters(meters, cache))));
        Properties properties = new Properties();
        properties.put("application.id", "usage.admission");
        properties.put("bootstrap.servers", "127.0.0.1:1");
        properties.put("processing.guarantee", "exactly_once_v2");
        properties.put("state.dir", stateDir.toString());
        properties.put("rocksdb.config.setter", StoreTuning.class);
        properties.put(StoreTuning.MEMORY_BYTES_MAX, parsed.memory().storeBytesMax());
        properties.put("processing.exception.handler.global.enabled", "true");
        this.driver = new TopologyTestDriver(AdmissionTopology.of(parts), properties, now);
    }

    public static AdmissionSettings settings(String... pairs) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            given.put(pairs[i], pairs[i + 1]);
        }
        ConfigDef def = Settings.definition();
        return AdmissionSettings.from(new AbstractConfig(def, given, false));
    }

    byte[] publish(UsageEvent event) {
        return publish(event, new RecordHeaders());
    }

    byte[] publish(UsageEvent event, Headers headers) {
        byte[] value = encode(TOPICS.events(), event);
        publishRaw(event.getAccountId().getBytes(UTF_8), value, headers);
        return value;
    }

    void publishRaw(byte[] key, byte[] value, Headers headers) {
        pipe(TOPICS.events(), key, value, headers);
    }

    void replay(UsageEvent event, String deadLetterId) {
        Headers headers = new RecordHeaders().add("usageflow-replay-of", deadLetterId.getBytes(UTF_8));
        pipe(TOPICS.replays(), event.getAccountId().getBytes(UTF_8), encode(TOPICS.replays(), event), headers);
    }

    void linkCustomer(String account, String externalId) {
        linkCustomer(account, reference(externalId));
    }

    void linkCustomer(String account, CredytReference customer) {
        CustomerLink link = new CustomerLink(account, customer, now);
        linkRaw(account, encode(TOPICS.customerLinks(), link));
    }

    void unlinkCustomer(String account) {
        linkRaw(account, null);
    }

    void linkRaw(String account, byte[] value) {
        pipe(TOPICS.customerLinks(), account.getBytes(UTF_8), value, new RecordHeaders());
    }

    byte[] encodedLink(String account, String externalId) {
        return encode(TOPICS.customerLinks(), new CustomerLink(account, reference(externalId), now));
    }

    void linkVendor(String vendor, String externalId) {
        VendorLink link = new VendorLink(vendor, reference(externalId), now);
        pipe(TOPICS.vendorLinks(), vendor.getBytes(UTF_8), encode(TOPICS.vendorLinks(), link), new RecordHeaders());
    }

    void linkVendor(String vendor, VendorLink link) {
        pipe(TOPICS.vendorLinks(), vendor.getBytes(UTF_8), encode(TOPICS.vendorLinks(), link), new RecordHeaders());
    }

    void unlinkVendor(String vendor) {
        pipe(TOPICS.vendorLinks(), vendor.getBytes(UTF_8), null, new RecordHeaders());
    }

    /**
     * The wall clock and with it the brokers' clock go on: most of it in one step, the end in steps of 50 ms, because the
     * driver lets a schedule come due once a step however long that is.
     */
    void pass(Duration time) {
        now = now.plus(time);
        Duration left = time;
        if (left.compareTo(TICKED) > 0) {
            driver.advanceWallClockTime(left.minus(TICKED));
            left = TICKED;
        }
        while (!left.isZero()) {
            Duration tick = left.compareTo(TICK) < 0 ? left : TICK;
            driver.advanceWallClockTime(tick);
            left = left.minus(tick);
        }
    }

    /** The machine's clock is set ahead, and stays so; no time passes. */
    void jumpAhead(Duration by) {
        now = now.plus(by);
        jumped = jumped.plus(by);
        driver.advanceWallClockTime(by);
    }

    Instant now() {
        return now;
    }

    /** Whatever a stranger may write, to any topic. */
    void pipe(String topic, byte[] key, byte[] value, Headers headers, long timestamp) {
        input(topic).pipeInput(new TestRecord<>(key, value, headers, Instant.ofEpochMilli(timestamp)));
    }

    List<DeliverableEvent> delivered() {
        return read(TOPICS.deliverable(), DeliverableEvent.class);
    }

    List<String> deliveredIds() {
        return delivered().stream().map(DeliverableEvent::getEventId).toList();
    }

    List<TestRecord<byte[], byte[]>> deliveredRecords() {
        return output(TOPICS.deliverable()).readRecordsToList();
    }

    List<DeadLetter> deadLetters() {
        return read(TOPICS.deadLetters(), DeadLetter.class);
    }

    List<TestRecord<byte[], byte[]>> written(String topic) {
        return output(topic).readRecordsToList();
    }

    /** Lets the ledger be published; checks every entry published so far, and gives the newest counters. */
    Map<String, Long> ledger() {
        pass(Duration.ofSeconds(1));
        published.addAll(read(TOPICS.ledger(), LedgerEntry.class));
        for (LedgerEntry entry : published) {
            LedgerBalance balance = LedgerBalance.of(List.of(entry));
            if (!balance.isBalanced()) {
                throw new AssertionError("published an entry out of balance: " + balance.findings());
            }
        }
        return published.get(published.size() - 1).getCounters();
    }

    long ledger(LedgerCounter counter) {
        return ledger().getOrDefault(counter.key(), 0L);
    }

    <K, V> KeyValueStore<K, V> store(String name) {
        return driver.getKeyValueStore(name);
    }

    Set<String> storeNames() {
        return driver.getAllStateStores().keySet();
    }

    <T extends SpecificRecord> T decode(String topic, byte[] value, Class<T> type) {
        return AvroSerdes.valueDeserializer(registry, type).deserialize(topic, value);
    }

    byte[] encode(String topic, SpecificRecord record) {
        return AvroSerdes.valueSerializer(registry).serialize(topic, record);
    }

    /** Under a subject of its own, as anybody may. @return its id */
    int register(Schema schema) {
        return SchemaRegistries.connect(registry).register("stranger-" + UUID.randomUUID(), schema);
    }

    public static CredytReference reference(String externalId) {
        return new CredytReference(ReferenceKind.EXTERNAL_ID, externalId, null);
    }

    @Override
    public void close() {
        driver.close();
    }

    private void pipe(String topic, byte[] key, byte[] value, Headers headers) {
        input(topic).pipeInput(new TestRecord<>(key, value, headers, now));
    }

    private TestInputTopic<byte[], byte[]> input(String topic) {
        return inputs.computeIfAbsent(
                topic, name -> driver.createInputTopic(name, new ByteArraySerializer(), new ByteArraySerializer()));
    }

    private <T extends SpecificRecord> List<T> read(String topic, Class<T> type) {
        return output(topic).readRecordsToList().stream()
                .map(record -> decode(topic, record.value(), type))
                .toList();
    }

    private TestOutputTopic<byte[], byte[]> output(String topic) {
        return outputs.computeIfAbsent(
                topic,
                name -> driver.createOutputTopic(name, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }
}
