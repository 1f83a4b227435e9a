package io.usageflow.schema.rule;

import io.usageflow.schema.JsonValue;
import io.usageflow.schema.Source;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.rule.Violation.ViolationCollector;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rules for a usage event. Pure, thread-safe and cheap: they run once per event on the application's own thread, so
 * a valid event costs one pass over its characters and almost no allocation.
 *
 * <p>Lengths are counted in Java characters (UTF-16 units). Credyt documents no limits; these are ours, wide enough for
 * every documented example and narrow enough that no event can hurt others (see {@code docs/producer.md}).
 */
public final class EventRules {
    public static final int ID_CHARS_MAX = 128;
    public static final int EVENT_TYPE_CHARS_MAX = 128;
    public static final int ACCOUNT_CHARS_MAX = 256;
    /** Of a customer reference and of a vendor. */
    public static final int REFERENCE_CHARS_MAX = 256;

    public static final int SUBJECT_CHARS_MAX = 256;
    public static final int DESCRIPTION_CHARS_MAX = 1024;
    /** Of each of the source's service, instance and library version. */
    public static final int SOURCE_CHARS_MAX = 256;

    public static final int DATA_ENTRIES_MAX = 100;
    /** Of a key of data or of metadata. */
    public static final int KEY_CHARS_MAX = 128;
    /** Of a text value of data or of metadata. */
    public static final int VALUE_CHARS_MAX = 8192;
    /** Of a nested value of data, as JSON text. */
    public static final int JSON_CHARS_MAX = 65_536;
    /** Levels of objects and arrays in one nested value: {@code {"a":[1]}} has 2. */
    public static final int JSON_DEPTH_MAX = 8;
    /** Of a number that is kept as JSON text, when written without an exponent. */
    public static final int DIGITS_MAX = 1000;

    public static final int COSTS_MAX = 50;
    /** Of each cost's metadata. */
    public static final int METADATA_ENTRIES_MAX = 50;

    /** Default bound of an event's encoded size in Kafka, in bytes: 256 KiB. */
    public static final int EVENT_BYTES_MAX = 262_144;

    /** The range of ISO 8601 with a four-digit year. */
    public static final Instant OCCURRED_AT_MIN = Instant.parse("0001-01-01T00:00:00Z");

    public static final Instant OCCURRED_AT_MAX = Instant.parse("9999-12-31T23:59:59.999999Z");

    private EventRules() {}

    /** Every broken rule, but no more than 20, in the order of the schema's fields; empty for a good event. */
    public static List<Violation> violations(UsageEvent event) {
        ViolationCollector violations = new ViolationCollector();
        TextRules.name(violations, Violation.Field.ID, "id", event.getId(), ID_CHARS_MAX);
        TextRules.name(
                violations, Violation.Field.EVENT_TYPE, "event_type", event.getEventType(), EVENT_TYPE_CHARS_MAX);
        time(violations, event.getOccurredAt());
        TextRules.name(violations, Violation.Field.ACCOUNT, "account_id", event.getAccountId(), ACCOUNT_CHARS_MAX);
        references(violations, event);
        texts(violations, event);
        data(violations, event.getData());
        if (event.getCosts() == null) {
            violations.add(Violation.Field.COST, "costs", "is missing", "use an empty list where there are none");
        } else if (!event.getCosts().isEmpty()) {
            CostRules.check(violations, event.getCosts());
        }
        return violations.list();
    }

    /** The first of {@link #violations}. */
    public static Optional<Violation> firstViolation(UsageEvent event) {
        List<Violation> violations = violations(event);
        return violations.isEmpty() ? Optional.empty() : Optional.of(violations.get(0));
    }

    /** The rules for a source alone: a publisher writes the same source into all its events. */
    public static List<Violation> violations(Source source) {
        ViolationCollector violations = new ViolationCollector();
        source(violations, source);
        return violations.list();
    }

    /**
     * The rule for the size, separate because only the encoder knows it.
     *
     * @param bytes of the encoded event
     * @param bytesMax the bound, {@link #EVENT_BYTES_MAX} by default
     */
    public static Optional<Violation> sizeViolation(int bytes, int bytesMax) {
        if (bytes <= bytesMax) {
            return Optional.empty();
        }
        ViolationCollector violations = new ViolationCollector();
        violations.add(
                Violation.Field.SIZE,
                "event",
                "has " + bytes + " bytes when encoded",
                "use at most " + bytesMax + "; keep long texts elsewhere and send their id");
        return Optional.of(violations.list().get(0));
    }

    private static void time(ViolationCollector violations, @Nullable Instant occurredAt) {
        if (occurredAt == null) {
            violations.add(Violation.Field.TIME, "occurred_at", "is missing", "give the time of the usage");
        } else if (occurredAt.isBefore(OCCURRED_AT_MIN) || occurredAt.isAfter(OCCURRED_AT_MAX)) {
            violations.add(
                    Violation.Field.TIME,
                    "occurred_at",
                    "is " + occurredAt,
                    "use a year from 1 to 9999; were seconds taken for milliseconds, or the other way round?");
        }
    }

    private static void references(ViolationCollector violations, UsageEvent event) {
        String id = event.getCustomerId();
        String externalId = event.getCustomerExternalId();
        if (id == null && externalId == null) {
            return;
        }
        if (id != null && externalId != null) {
            violations.add(
                    Violation.Field.REFERENCE,
                    "customer_id",
                    "is given together with customer_external_id",
                    "give one of the two, or none where the account is linked");
        }
        if (id != null) {
            TextRules.name(violations, Violation.Field.REFERENCE, "customer_id", id, REFERENCE_CHARS_MAX);
        }
        if (externalId != null) {
            TextRules.name(
                    violations, Violation.Field.REFERENCE, "customer_external_id", externalId, REFERENCE_CHARS_MAX);
        }
    }

    private static void texts(ViolationCollector violations, UsageEvent event) {
        printable(violations, "subject", event.getSubject(), SUBJECT_CHARS_MAX);
        TextRules.text(
                violations,
                Violation.Field.TEXT,
                "description",
                event.getDescription(),
                DESCRIPTION_CHARS_MAX,
                TextRules.Alphabet.PROSE);
        if (event.getSource() != null) {
            source(violations, event.getSource());
        }
    }

    private static void source(ViolationCollector violations, Source source) {
        printable(violations, "source.service", source.getService(), SOURCE_CHARS_MAX);
        printable(violations, "source.instance", source.getInstance(), SOURCE_CHARS_MAX);
        printable(violations, "source.library_version", source.getLibraryVersion(), SOURCE_CHARS_MAX);
    }

    private static void printable(ViolationCollector violations, String path, @Nullable String value, int max) {
        TextRules.text(violations, Violation.Field.TEXT, path, value, max, TextRules.Alphabet.PRINTABLE);
    }

    private static void data(ViolationCollector violations, @Nullable Map<String, Object> data) {
        if (data == null) {
            violations.add(Violation.Field.DATA, "data", "is missing", "use an empty map where there is none");
            return;
        }
        if (data.size() > DATA_ENTRIES_MAX) {
            violations.add(
                    Violation.Field.DATA, "data", "has " + data.size() + " entries", "use at most " + DATA_ENTRIES_MAX);
            return;
        }
        if (data.isEmpty()) {
            return;
        }
        for (Map.Entry<String, Object> entry : data.entrySet()) {
            if (!isGoodKey(entry.getKey())) {
                badKey(violations, Violation.Field.DATA, "data", entry.getKey());
            } else {
                datum(violations, entry.getKey(), entry.getValue());
            }
        }
    }

    private static void datum(ViolationCollector violations, String key, @Nullable Object value) {
        if (value instanceof String text) {
            if (!isGoodValue(text)) {
                badValue(violations, Violation.Field.DATA, "data." + key, text);
            }
        } else if (value instanceof BigDecimal decimal) {
            if (!ExactDecimal.fits(decimal)) {
                violations.add(
                        Violation.Field.DATA,
                        "data." + key,
                        "has more digits than a decimal can keep exactly",
                        "send it as a JSON value");
            }
        } else if (value instanceof JsonValue json) {
            JsonRules.check(violations, "data." + key, json.getJson());
        } else if (value != null && !(value instanceof Long) && !(value instanceof Boolean)) {
            violations.add(
                    Violation.Field.DATA,
                    "data." + key,
                    "is a " + value.getClass().getName(),
                    "use null, Boolean, Long, BigDecimal, String or JsonValue");
        }
    }

    static boolean isGoodKey(@Nullable String key) {
        return key != null && !key.isBlank() && key.length() <= KEY_CHARS_MAX && TextRules.faultOf(key) == null;
    }

    static void badKey(ViolationCollector violations, Violation.Field field, String path, @Nullable String key) {
        String wrong = key == null ? "has a null key" : "has the key " + ViolationCollector.excerpt(key);
        TextRules.Fault fault = key == null || key.isBlank() ? null : TextRules.faultOf(key);
        if (fault != null) {
            wrong += ", which " + fault.wrong();
        }
        violations.add(field, path, wrong, "use keys of 1 to " + KEY_CHARS_MAX + " printable characters");
    }

    static boolean isGoodValue(String value) {
        return value.length() <= VALUE_CHARS_MAX
                && TextRules.firstBad(value, TextRules.Alphabet.ENCODABLE) == TextRules.CLEAN;
    }

    static void badValue(ViolationCollector violations, Violation.Field field, String path, String value) {
        TextRules.text(violations, field, path, value, VALUE_CHARS_MAX, TextRules.Alphabet.ENCODABLE);
    }
}
