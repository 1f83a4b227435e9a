package io.usageflow.producer.internal;

import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.serde.UnregisteredAvro;
import io.usageflow.schema.text.VisibleText;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices an application that makes a fresh id for each retry of the same usage, which is billed each time. It cannot
 * know, it can only find it likely, so it warns once and changes nothing. Two things make it likely:
 *
 * <ul>
 *   <li>The application gave the time of the usage, and one of the last few thousand events says the same, to the
 *       microsecond, under another id.
 *   <li>An event with a subject failed within the last ten minutes, and now one that says the same, its time apart,
 *       comes under another id. Without a subject it is not compared: what counts the same thing over and over says the
 *       same each time, and that is no mistake.
 * </ul>
 *
 * <p>Derived ids are never suspect and cost nothing here. Both memories are of a fixed size and forget by being written
 * over. Thread-safe: an entry is one long, and a lost one is a suspicion less.
 */
final class IdCheck {
    private static final Logger LOG = LoggerFactory.getLogger(IdCheck.class);

    private static final Deserializer<UsageEvent> READER =
            UnregisteredAvro.deserializer(UsageEvent.getClassSchema(), UsageEvent.class);

    /** So many events that say the same may be chance, or one person's double click. */
    static final int CHANCE_MAX = 3;

    static final long FAILED_NANOS = TimeUnit.MINUTES.toNanos(10);

    private static final int ENTRIES = 4_096;
    /** Of an entry, for the id; the rest is of the fingerprint. */
    private static final long ID_MASK = 0xFFFF;

    private static final int WIRE_HEADER_BYTES = 5;
    private static final int UUID_LENGTH = 36;

    private final boolean on;
    private final Tally tally;
    private final LongSupplier nanoTime;

    private final AtomicLongArray timed = new AtomicLongArray(ENTRIES);
    private final AtomicLongArray failed = new AtomicLongArray(ENTRIES);
    private final AtomicInteger suspects = new AtomicInteger();
    private volatile boolean anyFailed;
    private volatile long lastFailedNanos;

    /** @param on false: does nothing */
    IdCheck(boolean on, Tally tally, LongSupplier nanoTime) {
        this.on = on;
        this.tally = tally;
        this.nanoTime = nanoTime;
    }

    /** @param timeGiven whether the application said when it happened */
    void publishing(UsageEvent event, boolean timeGiven) {
        if (!on || (!timeGiven && !anyFailed) || isDerived(event.getId())) {
            return;
        }
        if (timeGiven) {
            long print = Fingerprint.of(event, true);
            long entry = entry(print, event.getId());
            long known = timed.getPlain(slot(print));
            timed.setPlain(slot(print), entry);
            suspectIfOther(known, entry, event);
        } else if (event.getSubject() != null && isRecent()) {
            long print = Fingerprint.of(event, false);
            long known = failed.getPlain(slot(print));
            if (suspectIfOther(known, entry(print, event.getId()), event)) {
                // One failure accounts for one repeat.
                failed.setPlain(slot(print), 0);
            }
        }
    }

    /** Before the event's future fails, so that nobody can publish it again before this is known. */
    void failed(Parcel<?> parcel) {
        if (!on || !parcel.isEvent() || isDerived(parcel.id())) {
            return;
        }
        UsageEvent event = content(parcel);
        if (event != null && event.getSubject() != null) {
            long print = Fingerprint.of(event, false);
            failed.setPlain(slot(print), entry(print, parcel.id()));
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
        tally.addSuspectId();
        if (suspects.incrementAndGet() == CHANCE_MAX + 1) {
            LOG.warn(
                    "the application seems to make a new id for each retry of the same usage, which is billed each time:"
                            + " {} events repeated an earlier one under another id, event_type={} id={}. Derive the id"
                            + " from what happened, EventId.derive(\"{}\", <its key>), or publish the same UsageEvent"
                            + " value again. This is said once; usageflow.publisher.suspect.ids counts on. If they are"
                            + " different usages, set {}=false",
                    CHANCE_MAX + 1,
                    VisibleText.logged(event.getEventType()),
                    VisibleText.logged(event.getId()),
                    VisibleText.of(event.getEventType()),
                    PublisherSettings.CHECK_IDS);
        }
        return true;
    }

    private static int slot(long print) {
        return (int) (print >>> 32) & (ENTRIES - 1);
    }

    private static long entry(long print, String id) {
        return (print & ~ID_MASK) | (Fingerprint.mix(id.hashCode()) & ID_MASK);
    }

    /** A version 5 UUID, as {@link io.usageflow.producer.EventId#derive} makes. */
    private static boolean isDerived(String id) {
        return id.length() == UUID_LENGTH && id.charAt(14) == '5' && id.charAt(8) == '-';
    }

    /** Null when it cannot be read: another serializer's bytes need not be ours to read. */
    private static @Nullable UsageEvent content(Parcel<?> parcel) {
        if (parcel.content() instanceof UsageEvent event) {
            return event;
        }
        byte[] value = parcel.value();
        if (value == null || value.length <= WIRE_HEADER_BYTES) {
            return null;
        }
        try {
            // Written with the schema of this class, whatever its id.
            byte[] withoutId = value.clone();
            Arrays.fill(withoutId, 1, WIRE_HEADER_BYTES, (byte) 0);
            return READER.deserialize("", withoutId);
        } catch (RuntimeException e) {
            LOG.debug("cannot compare what failed", e);
            return null;
        }
    }
}
