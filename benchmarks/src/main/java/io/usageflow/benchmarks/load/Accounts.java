package io.usageflow.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.benchmarks.load.SliceWriter.Slice;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.VendorLink;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serializer;

/**
 * The accounts that have events, by Zipf's law with s = 1: rank r is drawn in proportion to 1 / (r + 1). All names have
 * the same length, so that they can be exchanged within encoded bytes. Immutable.
 */
public final class Accounts {
    public static final int COUNT = 10_000;

    @SuppressWarnings("NullAway") // The generated constructor does not declare that optional fields take null.
    static final CredytReference VENDOR_REFERENCE =
            new CredytReference(ReferenceKind.CREDYT_ID, "vnd_4zhwdkxhjhp5v6", null);

    private final double[] cumulative = new double[COUNT];

    public Accounts() {
        double sum = 0;
        for (int rank = 0; rank < COUNT; rank++) {
            sum += 1.0 / (rank + 1);
            cumulative[rank] = sum;
        }
    }

    public static String name(int rank) {
        return "account-%07d".formatted(rank);
    }

    @SuppressWarnings("NullAway") // as above
    static CredytReference customer(int rank) {
        return new CredytReference(ReferenceKind.EXTERNAL_ID, "customer-" + rank, null);
    }

    static byte[][] names() {
        byte[][] names = new byte[COUNT][];
        for (int rank = 0; rank < COUNT; rank++) {
            names[rank] = name(rank).getBytes(UTF_8);
        }
        return names;
    }

    /** Returns a rank. */
    public int draw(SplittableRandom random) {
        double point = random.nextDouble() * cumulative[COUNT - 1];
        int found = Arrays.binarySearch(cumulative, point);
        return found >= 0 ? found : Math.min(-found - 1, COUNT - 1);
    }

    /** Writes a link for every account and for the vendor that the events name; returns the customers' links. */
    public static Slice writeLinks(Topics topics, String bootstrapServers, Map<String, ?> registry) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        try (SliceWriter writer = new SliceWriter(bootstrapServers);
                Serializer<CustomerLink> customers = AvroSerdes.valueSerializer(registry);
                Serializer<VendorLink> vendors = AvroSerdes.valueSerializer(registry)) {
            VendorLink vendor = new VendorLink(EventTemplate.VENDOR, VENDOR_REFERENCE, now);
            writer.write(1, () -> record(topics.vendorLinks(), EventTemplate.VENDOR, vendors, vendor));
            writer.release();
            Iterator<Integer> ranks = IntStream.range(0, COUNT).iterator();
            Slice links = writer.write(COUNT, () -> {
                int rank = ranks.next();
                CustomerLink link = new CustomerLink(name(rank), customer(rank), now);
                return record(topics.customerLinks(), name(rank), customers, link);
            });
            writer.release();
            return links;
        }
    }

    private static <T> ProducerRecord<byte[], byte[]> record(String topic, String key, Serializer<T> values, T value) {
        return new ProducerRecord<>(topic, key.getBytes(UTF_8), values.serialize(topic, value));
    }
}
