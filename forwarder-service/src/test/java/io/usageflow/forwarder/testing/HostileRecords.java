package io.usageflow.forwarder.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Records as a stranger may write them: any time, key, headers and value that Kafka takes, each combined with each. The
 * same seed gives the same records.
 */
public final class HostileRecords {
    private static final int HUGE_BYTES = 17_300_000;

    private final Random random;
    private final List<byte[]> values;
    private final List<String> names;
    private long made;

    /** One record. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Hostile(byte[] key, byte[] value, Headers headers, long timestamp) {}

    /**
     * @param values what is broken in many ways: values that are valid in the topic, and values of hostile schemas
     * @param names for keys
     */
    public HostileRecords(long seed, List<byte[]> values, List<String> names) {
        this.random = new Random(seed);
        this.values = List.copyOf(values);
        this.names = List.copyOf(names);
    }

    public Hostile next() {
        made++;
        return new Hostile(key(), value(), headers(), timestamp());
    }

    /** Huge ones are few: each takes milliseconds to make. */
    private boolean isHuge() {
        return made % 499 == 0;
    }

    private byte[] key() {
        return switch (random.nextInt(8)) {
            case 0 -> null;
            case 1 -> new byte[0];
            case 2 -> bytes(random.nextInt(40));
            case 3 -> new byte[] {(byte) 0xff, (byte) 0xc0};
            case 4 -> isHuge() ? new byte[HUGE_BYTES] : new byte[2_000];
            default -> names.get(random.nextInt(names.size())).getBytes(UTF_8);
        };
    }

    private byte[] value() {
        byte[] valid = values.get(random.nextInt(values.size()));
        return switch (random.nextInt(12)) {
            case 0 -> null;
            case 1 -> new byte[0];
            case 2 -> bytes(random.nextInt(300));
            case 3 -> Arrays.copyOf(valid, random.nextInt(valid.length + 1));
            case 4 -> Arrays.copyOf(valid, valid.length + 1 + random.nextInt(20));
            case 5 -> withSchemaId(valid, random.nextInt());
            case 6 -> withSchemaId(valid, 1 + random.nextInt(20));
            case 7 -> isHuge() ? new byte[HUGE_BYTES] : new byte[1 + random.nextInt(5_000)];
            case 8 -> valid;
            default -> withBytesChanged(valid);
        };
    }

    private Headers headers() {
        Headers headers = new RecordHeaders();
        switch (random.nextInt(10)) {
            case 0 -> headers.add("usageflow-replay-of", bytes(random.nextInt(200)));
            case 1 -> headers.add("usageflow-replay-of", null).add("usageflow-rerouted-from", null);
            case 2 -> {
                for (int i = 0; i < 5; i++) {
                    headers.add("usageflow-rerouted-from", "9999999999999999999@-1".getBytes(UTF_8));
                }
            }
            case 3 -> headers.add("", new byte[0]).add("\u202e\u0000\n", bytes(50));
            case 4 -> {
                for (int i = made % 97 == 0 ? 10_000 : 10; i > 0; i--) {
                    headers.add("h" + i % 7, bytes(i % 3));
                }
            }
            case 5 -> headers.add("large", isHuge() ? new byte[HUGE_BYTES] : new byte[300]);
            default -> {
                // None, as most.
            }
        }
        return headers;
    }

    private long timestamp() {
        return switch (random.nextInt(8)) {
            case 0 -> -1;
            case 1 -> Long.MIN_VALUE;
            case 2 -> Long.MAX_VALUE;
            case 3 -> random.nextLong();
            case 4 -> 0;
            default -> 1_795_176_000_000L;
        };
    }

    private byte[] withSchemaId(byte[] valid, int id) {
        return valid.length < 5
                ? valid
                : ByteBuffer.wrap(valid.clone()).putInt(1, id).array();
    }

    private byte[] withBytesChanged(byte[] valid) {
        byte[] changed = valid.clone();
        for (int i = random.nextInt(4); i >= 0 && changed.length > 0; i--) {
            changed[random.nextInt(changed.length)] = (byte) random.nextInt();
        }
        return changed;
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
