package io.usageflow.forwarder.publish.line;

import io.usageflow.forwarder.publish.line.EventTime.Form;
import io.usageflow.forwarder.publish.line.LineSource.BadLineException;
import io.usageflow.producer.Cost;
import io.usageflow.producer.UsageEvent;
import java.math.BigDecimal;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the columns of a table become an event. Written as {@code field=column}, comma separated, where a field is one of
 * the event's words, {@code data.NAME} or {@code cost.VENDOR.amount|currency|id|description}; the value is a column, or
 * text in single quotes that is the same for all lines. {@code cost[COLUMN].amount} takes the vendor from a column. A
 * value may be followed by how it is written: for data {@code :string} (default), {@code :long}, {@code :decimal},
 * {@code :boolean}; for occurred_at {@code :date}, {@code :epoch_seconds}, {@code :epoch_millis}, {@code
 * :epoch_micros}; for a currency {@code :upper}, which makes it capitals. A column whose name has a comma, colon,
 * bracket or quote is put in double quotes. An empty cell is an absent field. Immutable.
 *
 * <pre>id=request_id,event_type='message_completed',account_id=customer,data.tokens=tokens:long,
 * cost.openai.amount=cost,cost.openai.currency='USD'</pre>
 */
public final class CsvMapping {
    private static final Set<String> WORDS = Set.of(
            "id",
            "event_type",
            "occurred_at",
            "account_id",
            "customer_id",
            "customer_external_id",
            "subject",
            "description");
    private static final Set<String> DATA_TYPES = Set.of("string", "long", "decimal", "boolean");
    private static final Set<String> TIME_TYPES = Set.of("date", "epoch_seconds", "epoch_millis", "epoch_micros");
    private static final String UPPER = "upper";
    private static final String PLAIN = "string";

    private static final Pattern COST =
            Pattern.compile("(cost(?:\\.(.+)|\\[(?:\"([^\"]+)\"|([^\\]\"]+))\\]))\\.(amount|currency|id|description)");
    private static final Pattern ENTRY = Pattern.compile(
            "\\s*((?:[^=,\\s\\[]|\\[(?:\"[^\"]*\"|[^\\]\"]*)\\])+)\\s*=\\s*(?:'([^']*)'|\"([^\"]*)\"|([^,:'\"]+?))"
                    + "(?::(string|long|decimal|boolean|date|epoch_seconds|epoch_millis|epoch_micros|upper))?"
                    + "\\s*(?:,|$)");

    private final Map<String, Value> fields;
    /** By the text before the point: {@code cost.openai}, {@code cost[Provider]}. */
    private final Map<String, Value> vendors;

    private final Optional<ZoneId> zone;
    private final Set<String> nulls;

    private CsvMapping(
            Map<String, Value> fields, Map<String, Value> vendors, Optional<ZoneId> zone, Collection<String> nulls) {
        this.fields = fields;
        this.vendors = vendors;
        this.zone = zone;
        this.nulls = Set.copyOf(nulls);
    }

    /** @param constant whether the text is the value itself and not a column's name */
    private record Value(String text, boolean constant, String type) {
        Optional<String> in(UnaryOperator<String> columns) {
            return Optional.of(constant ? text : columns.apply(text)).filter(value -> !value.isEmpty());
        }
    }

    /**
     * Reads a mapping of columns to fields.
     *
     * @param zone of times without a zone of their own
     * @param nulls texts of cells that count as empty
     * @throws IllegalArgumentException naming what is wrong and how to write it
     */
    public static CsvMapping parse(String text, Optional<ZoneId> zone, Collection<String> nulls) {
        var fields = new LinkedHashMap<String, Value>();
        var vendors = new TreeMap<String, Value>();
        Matcher entries = ENTRY.matcher(text);
        int at = 0;
        while (at < text.length()) {
            if (!entries.find(at) || entries.start() != at) {
                throw new IllegalArgumentException("--csv-mapping cannot be read at '" + text.substring(at)
                        + "': write field=column or field='constant', comma separated");
            }
            String field = entries.group(1);
            Matcher cost = COST.matcher(field);
            if (cost.matches()) {
                vendors.put(cost.group(1), vendor(cost));
            } else if (!WORDS.contains(field) && !field.matches("data\\..+")) {
                throw new IllegalArgumentException("--csv-mapping names the unknown field " + field + ": use "
                        + String.join(", ", new TreeSet<>(WORDS))
                        + ", data.NAME, cost.VENDOR.amount|currency|id|description, or"
                        + " cost[COLUMN].amount and so on for"
                        + " a vendor from a column");
            }
            if (fields.put(field, value(entries, field)) != null) {
                throw new IllegalArgumentException("--csv-mapping gives " + field + " twice: keep one");
            }
            at = entries.end();
        }
        requireComplete(fields, vendors.keySet());
        requireZone(fields, zone);
        return new CsvMapping(fields, vendors, zone, nulls);
    }

    private static Value vendor(Matcher cost) {
        String name = cost.group(2);
        if (name != null) {
            return new Value(name, true, PLAIN);
        }
        return new Value(
                Optional.ofNullable(cost.group(3))
                        .orElseGet(() -> cost.group(4))
                        .strip(),
                false,
                PLAIN);
    }

    private static Value value(Matcher entry, String field) {
        String type = Optional.ofNullable(entry.group(5)).orElse(PLAIN);
        Set<String> known = field.startsWith("data.")
                ? DATA_TYPES
                : field.equals("occurred_at")
                        ? TIME_TYPES
                        : field.startsWith("cost") && field.endsWith(".currency") ? Set.of(UPPER) : Set.of();
        if (entry.group(5) != null && !known.contains(type)) {
            throw new IllegalArgumentException("--csv-mapping gives " + field + " the type " + type + ": "
                    + (known.isEmpty()
                            ? "only data., occurred_at and currencies have types"
                            : "use " + String.join(", ", new TreeSet<>(known)) + ", or none"));
        }
        String constant = entry.group(2);
        if (constant != null) {
            return new Value(constant, true, type);
        }
        return new Value(Optional.ofNullable(entry.group(3)).orElseGet(() -> entry.group(4)), false, type);
    }

    private static void requireComplete(Map<String, Value> fields, Set<String> costs) {
        var required = new ArrayList<>(List.of("event_type", "account_id"));
        costs.forEach(cost -> required.addAll(List.of(cost + ".amount", cost + ".currency")));
        for (String field : required) {
            if (!fields.containsKey(field)) {
                throw new IllegalArgumentException("--csv-mapping lacks " + field + ": add " + field
                        + "=COLUMN, or a constant for all lines such as " + field
                        + (field.endsWith("currency") ? "='USD'" : "='...'"));
            }
        }
    }

    private static void requireZone(Map<String, Value> fields, Optional<ZoneId> zone) {
        Value time = fields.get("occurred_at");
        if (time != null && time.type().equals("date") && zone.isEmpty()) {
            throw new IllegalArgumentException("--csv-mapping takes occurred_at from dates, and a day begins at another"
                    + " time in each zone: name it with --csv-zone, such as --csv-zone UTC");
        }
    }

    /** The columns that the mapping needs. */
    Set<String> columns() {
        var columns = new TreeSet<String>();
        for (Map<String, Value> values : List.of(fields, vendors)) {
            values.values().stream().filter(value -> !value.constant()).forEach(value -> columns.add(value.text()));
        }
        return columns;
    }

    boolean isNull(String cell) {
        return nulls.contains(cell);
    }

    boolean hasId(UnaryOperator<String> columns) {
        return text("id", columns).isPresent();
    }

    /** @param columns returns the cell of a column, or an empty text */
    UsageEvent event(UnaryOperator<String> columns, AmountRounding amounts) throws BadLineException {
        UsageEvent event = UsageEvent.of(required("event_type", columns))
                .account(required("account_id", columns))
                .customerId(text("customer_id", columns).orElse(null))
                .customerExternalId(text("customer_external_id", columns).orElse(null))
                .subject(text("subject", columns).orElse(null))
                .description(text("description", columns).orElse(null));
        Optional<String> occurredAt = text("occurred_at", columns);
        if (occurredAt.isPresent()) {
            event = event.occurredAt(EventTime.parse(occurredAt.get(), timeForm(), zone));
        }
        for (Map.Entry<String, Value> field : fields.entrySet()) {
            if (field.getKey().startsWith("data.")) {
                event = withDatum(event, field.getKey(), field.getValue(), columns);
            }
        }
        for (Map.Entry<String, Value> vendor : vendors.entrySet()) {
            event = withCost(event, vendor.getKey(), vendor.getValue(), columns, amounts);
        }
        Optional<String> id = text("id", columns);
        return id.isPresent() ? event.id(GivenId.of(id.get())) : event;
    }

    private Form timeForm() {
        Value time = fields.get("occurred_at");
        return time == null || time.type().equals(PLAIN)
                ? Form.ISO
                : Form.valueOf(time.type().toUpperCase(Locale.ROOT));
    }

    private static UsageEvent withDatum(UsageEvent event, String field, Value value, UnaryOperator<String> columns)
            throws BadLineException {
        Optional<String> given = value.in(columns);
        if (given.isEmpty()) {
            return event;
        }
        String key = field.substring("data.".length());
        String text = given.get();
        return switch (value.type()) {
            case "long" -> event.data(key, NumberText.integer(text, field));
            case "decimal" -> event.data(key, NumberText.decimal(text, field));
            case "boolean" -> event.data(key, truth(text, field));
            default -> event.data(key, text);
        };
    }

    private UsageEvent withCost(
            UsageEvent event, String cost, Value vendor, UnaryOperator<String> columns, AmountRounding amounts)
            throws BadLineException {
        Optional<String> amount = text(cost + ".amount", columns);
        if (amount.isEmpty()) {
            return event;
        }
        String name = vendor.in(columns)
                .orElseThrow(() -> new BadLineException(
                        cost + " has an amount and no vendor: its cell " + vendor.text() + " is empty"));
        BigDecimal exact = NumberText.decimal(amount.get(), cost + ".amount");
        String currency = required(cost + ".currency", columns);
        Value written = fields.get(cost + ".currency");
        if (written != null && written.type().equals(UPPER)) {
            currency = currency.toUpperCase(Locale.ROOT);
        }
        Cost made = Cost.of(name, amounts.of(exact, currency), currency);
        Optional<String> id = text(cost + ".id", columns);
        Optional<String> description = text(cost + ".description", columns);
        made = id.isPresent() ? made.id(id.get()) : made;
        return event.cost(description.isPresent() ? made.description(description.get()) : made);
    }

    private static boolean truth(String text, String field) throws BadLineException {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new BadLineException(field + " is '" + text + "': write true or false");
        };
    }

    private String required(String field, UnaryOperator<String> columns) throws BadLineException {
        return text(field, columns).orElseThrow(() -> new BadLineException(field + " is missing: its cell is empty"));
    }

    private Optional<String> text(String field, UnaryOperator<String> columns) {
        return Optional.ofNullable(fields.get(field)).flatMap(value -> value.in(columns));
    }
}
