package io.usageflow.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.schema.Cost;
import io.usageflow.schema.Source;
import io.usageflow.schema.UsageEvent;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.apache.kafka.common.serialization.Serializer;

/**
 * One event encoded by the publisher's serializer, from which others are made by exchanging id and account in the
 * bytes: ten times as fast as encoding each, and the same on the wire. Immutable.
 */
final class EventTemplate {
    static final String VENDOR = "openai";

    private static final String SOME_ID = "00000000-0000-7000-8000-00005e471e15";
    private static final String SOME_ACCOUNT = Accounts.name(9_999_999);
    private static final List<String> MODELS = List.of("gpt-4o", "gpt-4o-mini", "claude-sonnet", "embedding-small");
    private static final byte[] HEX = "0123456789abcdef".getBytes(UTF_8);

    private final byte[] bytes;
    private final int idAt;
    private final int accountAt;

    private EventTemplate(byte[] bytes) {
        this.bytes = bytes;
        this.idAt = find(SOME_ID.getBytes(UTF_8));
        this.accountAt = find(SOME_ACCOUNT.getBytes(UTF_8));
    }

    static EventTemplate make(SplittableRandom random, Instant occurredAt, String topic, Serializer<UsageEvent> to) {
        return new EventTemplate(to.serialize(topic, event(random, occurredAt)));
    }

    byte[] with(UUID id, byte[] account) {
        byte[] event = bytes.clone();
        write(id, event, idAt);
        System.arraycopy(account, 0, event, accountAt, account.length);
        return event;
    }

    private static UsageEvent event(SplittableRandom random, Instant occurredAt) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("model", MODELS.get(random.nextInt(MODELS.size())));
        data.put("input_tokens", random.nextLong(10, 200_000));
        data.put("output_tokens", random.nextLong(1, 8_000));
        data.put("region", "eu-central-1");
        Cost cost = Cost.newBuilder()
                .setVendor(VENDOR)
                .setAmount(BigDecimal.valueOf(random.nextLong(1, 10_000_000), 6).setScale(18))
                .setCurrency("USD")
                .setMetadata(Map.of("request", "req_" + Long.toHexString(random.nextLong())))
                .build();
        return UsageEvent.newBuilder()
                .setId(SOME_ID)
                .setEventType("chat.completion")
                .setOccurredAt(occurredAt.truncatedTo(ChronoUnit.MICROS))
                .setAccountId(SOME_ACCOUNT)
                .setSubject("conversation-" + Long.toHexString(random.nextLong()))
                .setDescription("Answer in a conversation")
                .setData(data)
                .setCosts(List.of(cost))
                .setSource(new Source("assistant-api", "assistant-api-5f7c9", "0.1.0"))
                .build();
    }

    private int find(byte[] part) {
        for (int at = 0; at + part.length <= bytes.length; at++) {
            if (Arrays.equals(bytes, at, at + part.length, part, 0, part.length)) {
                return at;
            }
        }
        throw new IllegalStateException("the encoded event does not hold " + new String(part, UTF_8));
    }

    private static void write(UUID id, byte[] to, int at) {
        int next = at;
        for (int nibble = 0; nibble < 32; nibble++) {
            if (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20) {
                to[next++] = '-';
            }
            long half = nibble < 16 ? id.getMostSignificantBits() : id.getLeastSignificantBits();
            to[next++] = HEX[(int) (half >>> (60 - 4 * (nibble & 15))) & 15];
        }
    }
}
