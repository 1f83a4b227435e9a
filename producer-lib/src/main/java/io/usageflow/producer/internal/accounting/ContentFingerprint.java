package io.usageflow.producer.internal.accounting;

import io.usageflow.schema.Cost;
import io.usageflow.schema.UsageEvent;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A 64-bit hash of an event's content without its id. Independent of the order of data's entries. Allocates nothing. Pure;
 * not for storing.
 */
final class ContentFingerprint {
    private ContentFingerprint() {}

    /** @param withTime whether to include the time of the usage */
    static long of(UsageEvent event, boolean withTime) {
        long print = mix(event.getEventType().hashCode());
        print = mix(print + event.getAccountId().hashCode());
        print = mix(print + Objects.hashCode(event.getSubject()));
        print = mix(print + Objects.hashCode(event.getCustomerId()));
        print = mix(print + Objects.hashCode(event.getCustomerExternalId()));
        print = mix(print + Objects.hashCode(event.getDescription()));
        if (withTime) {
            Instant occurredAt = event.getOccurredAt();
            print = mix(print + occurredAt.getEpochSecond() * 1_000_000 + occurredAt.getNano() / 1_000);
        }
        for (Map.Entry<String, @Nullable Object> entry : event.getData().entrySet()) {
            // A sum, because the order does not matter.
            print += mix(((long) entry.getKey().hashCode() << 32) ^ hash(entry.getValue()));
        }
        for (Cost cost : event.getCosts()) {
            print = mix(print + cost.getVendor().hashCode());
            print = mix(print + hash(cost.getAmount()) + cost.getCurrency().hashCode());
            print = mix(print + Objects.hashCode(cost.getId()));
        }
        return mix(print);
    }

    /** A decimal by its value: it has the schema's scale only after encoding. */
    private static int hash(@Nullable Object value) {
        return value instanceof BigDecimal decimal ? Double.hashCode(decimal.doubleValue()) : Objects.hashCode(value);
    }

    /** Each input bit affects each output bit: the finalizer of SplitMix64 (Steele, Lea, Flood 2014). */
    static long mix(long bits) {
        long mixed = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
