package io.usageflow.producer.internal.accounting;

import io.usageflow.producer.PublisherConfig;
import io.usageflow.schema.Cost;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.serde.AvroSerdes.UnregisteredAvro;
import io.usageflow.schema.text.VisibleText;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Detects an application that creates a new id for each retry of the same usage, which is then billed each time. This
 * is only a suspicion, so the detector warns once and changes nothing. Two patterns are suspect:
 *
 * <ul>
 *   <li>The application gave the time of the usage, and one of the last few thousand events has the same content and
 *       time, to the microsecond, under another id.
 *   <li>An event with a subject failed within the last ten minutes, and a new event has the same content, except its
 *       time, under another id. Events without a subject are not compared: a counter reports the same content every
 *       time.
 * </ul>
 *
 * <p>Derived ids are never suspect and cost nothing. Both tables have a fixed size, and new entries replace old ones.
 * Thread-safe: an entry is one long, and a lost entry only misses one suspicion.
 */
public final class SuspectIdDetector {
    private static final Logger LOG = LoggerFactory.getLogger(SuspectIdDetector.class);

    private static final Deserializer<UsageEvent> READER =
            UnregisteredAvro.deserializer(UsageEvent.getClassSchema(), UsageEvent.class);

    /** Up to this many suspects may be chance, or a double click. */
    static final int CHANCE_MAX = 3;

    static final long FAILED_NANOS = TimeUnit.MINUTES.toNanos(10);

    private static final int ENTRIES = 4_096;
    /** The bits of an entry that hold the id's hash; the rest holds the fingerprint. */
    private static final long ID_MASK = 0xFFFF;

    private static final int WIRE_HEADER_BYTES = 5;
    private static final int UUID_LENGTH = 36;

    private final boolean enabled;
    private final PublisherCounters counters;
    private final LongSupplier nanoTime;

    private final AtomicLongArray timed = new AtomicLongArray(ENTRIES);
    private final AtomicLongArray failed = new AtomicLongArray(ENTRIES);
    private final AtomicInteger suspects = new AtomicInteger();
    private volatile boolean anyFailed;
    private volatile long lastFailedNanos;

    public SuspectIdDetector(boolean enabled, PublisherCounters counters, LongSupplier nanoTime) {
        this.enabled = enabled;
        this.counters = counters;
        this.nanoTime = nanoTime;
    }

    /** Compares an event that the application publishes; {@code timeGiven} if it gave the time of the usage. */
    public void onPublish(UsageEvent event, boolean timeGiven) {
        if (!enabled || (!timeGiven && !anyFailed) || isDerived(event.getId())) {
            return;
        }
        if (timeGiven) {
            long print = ContentFingerprint.of(event, true);
            long entry = entry(print, event.getId());
            long known = timed.getPlain(slot(print));
            timed.setPlain(slot(print), entry);
            suspectIfOther(known, entry, event);
        } else if (event.getSubject() != null && isRecent()) {
            long print = ContentFingerprint.of(event, false);
            long known = failed.getPlain(slot(print));
            if (suspectIfOther(known, entry(print, event.getId()), event)) {
                // One failure accounts for one repeat.
                failed.setPlain(slot(print), 0);
            }
        }
    }

    /** Called before the event's future fails, so that a retry always finds the entry. */
    void onFailure(PendingRecord<?> record) {
        if (!enabled || !record.isEvent() || isDerived(record.id())) {
            return;
        }
        UsageEvent event = content(record);
        if (event != null && event.getSubject() != null) {
            long print = ContentFingerprint.of(event, false);
            failed.setPlain(slot(print), entry(print, record.id()));
            lastFailedNanos = nanoTime.getAsLong();
            anyFailed = true;
        }
    }

    private boolean isRecent() {
        if (nanoTime.getAsLong() - lastFailedNanos < FAILED_NANOS) {
            return true;
        }
        anyFailed = false;
        return false;
    }

    private boolean suspectIfOther(long known, long entry, UsageEvent event) {
        if (known == entry || (known & ~ID_MASK) != (entry & ~ID_MASK)) {
            return false;
        }
        counters.addSuspectId();
        if (suspects.incrementAndGet() == CHANCE_MAX + 1) {
            LOG.warn(
                    "event=suspect_ids event_type={} id={} events={} why=\"they repeat an earlier event"
                            + " under another id; the"
                            + " application seems to create a new id for each retry, and each is billed\""
                            + " remedy=\"derive the id from the business key: EventId.derive(\\\"{}\\\", <its key>); or"
                            + " publish the same UsageEvent value again; or set {}=false if these are"
                            + " different usages\""
                            + " counted_by=usageflow.publisher.suspect.ids",
                    VisibleText.logged(event.getEventType()),
                    VisibleText.logged(event.getId()),
                    CHANCE_MAX + 1,
                    VisibleText.of(event.getEventType()),
                    PublisherConfig.CHECK_IDS);
        }
        return true;
    }

    private static int slot(long print) {
        return (int) (print >>> 32) & (ENTRIES - 1);
    }

    private static long entry(long print, String id) {
        return (print & ~ID_MASK) | (ContentFingerprint.mix(id.hashCode()) & ID_MASK);
    }

    /** Whether it is a version 5 UUID, as {@link io.usageflow.producer.EventId#derive} returns. */
    private static boolean isDerived(String id) {
        return id.length() == UUID_LENGTH && id.charAt(14) == '5' && id.charAt(8) == '-';
    }

    /** Null if it cannot be read: another serializer may use another format. */
    private static @Nullable UsageEvent content(PendingRecord<?> record) {
        if (record.content() instanceof UsageEvent event) {
            return event;
        }
        byte[] value = record.value();
        if (value == null || value.length <= WIRE_HEADER_BYTES) {
            return null;
        }
        try {
            // Written with this class's schema, whatever its id.
            byte[] withoutId = value.clone();
            Arrays.fill(withoutId, 1, WIRE_HEADER_BYTES, (byte) 0);
            return READER.deserialize("", withoutId);
        } catch (RuntimeException e) {
            LOG.debug("event=failed_event_unreadable effect=\"it is not compared\"", e);
            return null;
        }
    }

    /**
     * A 64-bit hash of an event's content without its id. Independent of the order of data's entries. Allocates
     * nothing. Pure; not for storing.
     */
    private static final class ContentFingerprint {
        private ContentFingerprint() {}

        /** Hashes the content, with or without the time of the usage. */
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
            return value instanceof BigDecimal decimal
                    ? Double.hashCode(decimal.doubleValue())
                    : Objects.hashCode(value);
        }

        /** Each input bit affects each output bit: the finalizer of SplitMix64 (Steele, Lea, Flood 2014). */
        static long mix(long bits) {
            long mixed = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
            mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
            return mixed ^ (mixed >>> 31);
        }
    }
}
