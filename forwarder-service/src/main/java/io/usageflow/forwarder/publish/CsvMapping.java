package io.usageflow.forwarder.publish;

import io.usageflow.producer.Cost;
import io.usageflow.producer.UsageEvent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the columns of a table become an event. Written as {@code field=column}, comma separated, where a field is one of
 * the event's words, {@code data.NAME} or {@code cost.VENDOR.amount|currency|id|description}; the value is a column, or
 * text in single quotes that is the same for all lines. A data column may be followed by its type: {@code :string}
 * (default), {@code :long}, {@code :decimal}, {@code :boolean}. A column whose name holds a comma, colon or quote stands
 * in double quotes. An empty cell is an absent field. Immutable.
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
    private static final Pattern COST = Pattern.compile("cost\\.(.+)\\.(amount|currency|id|description)");
    private static final Pattern ENTRY = Pattern.compile(
            "\\s*([^=,\\s]+)\\s*=\\s*(?:'([^']*)'|\"([^\"]*)\"|([^,:'\"]+?))(?::(string|long|decimal|boolean))?\\s*(?:,|$)");

    private final Map<String, Value> fields;
    private final Set<String> vendors;
    private final Optional<ZoneId> zone;

    private CsvMapping(Map<String, Value> fields, Set<String> vendors, Optional<ZoneId> zone) {
        this.fields = fields;
        this.vendors = vendors;
        this.zone = zone;
    }

    /** @param constant whether the text is the value itself and not a column's name */
    private record Value(String text, boolean constant, String type) {
        Optional<String> in(UnaryOperator<String> columns) {
            return Optional.of(constant ? text : columns.apply(text)).filter(value -> !value.isEmpty());
        }
    }

    /**
     * @param zone of times without a zone of their own
     * @throws IllegalArgumentException naming what is wrong and how to write it
     */
    public static CsvMapping parse(String text, Optional<ZoneId> zone) {
        var fields = new LinkedHashMap<String, Value>();
        var vendors = new TreeSet<String>();
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
                vendors.add(cost.group(1));
            } else if (!WORDS.contains(field) && !field.matches("data\\..+")) {
                throw new IllegalArgumentException("--csv-mapping names the unknown field " + field + ": use "
                        + String.join(", ", new TreeSet<>(WORDS))
                        + ", data.NAME or cost.VENDOR.amount|currency|id|description");
            }
            if (fields.put(field, value(entries, field)) != null) {
                throw new IllegalArgumentException("--csv-mapping gives " + field + " twice: keep one");
            }
            at = entries.end();
        }
        requireComplete(fields, vendors);
        return new CsvMapping(fields, vendors, zone);
    }

    private static Value value(Matcher entry, String field) {
        String type = Optional.ofNullable(entry.group(5)).orElse("string");
        if (!type.equals("string") && !field.startsWith("data.")) {
            throw new IllegalArgumentException(
                    "--csv-mapping gives " + field + " the type " + type + ": only data. fields have types");
        }
        String constant = entry.group(2);
        if (constant != null) {
            return new Value(constant, true, type);
        }
        return new Value(Optional.ofNullable(entry.group(3)).orElseGet(() -> entry.group(4)), false, type);
    }

    private static void requireComplete(Map<String, Value> fields, Set<String> vendors) {
        var required = new ArrayList<>(List.of("event_type", "account_id"));
        vendors.forEach(vendor -> required.addAll(List.of(costField(vendor, "amount"), costField(vendor, "currency"))));
        for (String field : required) {
            if (!fields.containsKey(field)) {
                throw new IllegalArgumentException("--csv-mapping lacks " + field + ": add " + field
                        + "=COLUMN, or a constant for all lines such as " + field
                        + (field.endsWith("currency") ? "='USD'" : "='...'"));
            }
        }
    }

    /** The columns that the mapping needs. */
    Set<String> columns() {
        var columns = new TreeSet<String>();
        fields.values().stream().filter(value -> !value.constant()).forEach(value -> columns.add(value.text()));
        return columns;
    }

    boolean hasId(UnaryOperator<String> columns) {
        return text("id", columns).isPresent();
    }

    /** @param columns the cell of a column, empty where there is nothing in it */
    UsageEvent event(UnaryOperator<String> columns) throws BadLineException {
        UsageEvent event = UsageEvent.of(required("event_type", columns))
                .account(required("account_id", columns))
                .customerId(text("customer_id", columns).orElse(null))
                .customerExternalId(text("customer_external_id", columns).orElse(null))
                .subject(text("subject", columns).orElse(null))
                .description(text("description", columns).orElse(null));
        Optional<String> occurredAt = text("occurred_at", columns);
        if (occurredAt.isPresent()) {
            event = event.occurredAt(EventTime.parse(occurredAt.get(), zone));
        }
        for (Map.Entry<String, Value> field : fields.entrySet()) {
            if (field.getKey().startsWith("data.")) {
                event = withDatum(event, field.getKey(), field.getValue(), columns);
            }
        }
        for (String vendor : vendors) {
            event = withCost(event, vendor, columns);
        }
        Optional<String> id = text("id", columns);
        return id.isPresent() ? event.id(id.get()) : event;
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
            case "long" -> event.data(key, integer(text, field));
            case "decimal" -> event.data(key, JsonEvent.decimal(text, field));
            case "boolean" -> event.data(key, truth(text, field));
            default -> event.data(key, text);
        };
    }

    private UsageEvent withCost(UsageEvent event, String vendor, UnaryOperator<String> columns)
            throws BadLineException {
        Optional<String> amount = text(costField(vendor, "amount"), columns);
        if (amount.isEmpty()) {
            return event;
        }
        BigDecimal exact = JsonEvent.decimal(amount.get(), costField(vendor, "amount"));
        Cost cost = Cost.of(vendor, exact, required(costField(vendor, "currency"), columns));
        Optional<String> id = text(costField(vendor, "id"), columns);
        Optional<String> description = text(costField(vendor, "description"), columns);
        cost = id.isPresent() ? cost.id(id.get()) : cost;
        return event.cost(description.isPresent() ? cost.description(description.get()) : cost);
    }

    private static BigInteger integer(String text, String field) throws BadLineException {
        try {
            return new BigInteger(text.strip());
        } catch (NumberFormatException malformed) {
            throw new BadLineException(field + " is '" + text
                    + "', which is not a whole number: correct it, or map it as " + field + "=COLUMN:decimal");
        }
    }

    private static boolean truth(String text, String field) throws BadLineException {
        return switch (text.strip().toLowerCase(java.util.Locale.ROOT)) {
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

    private static String costField(String vendor, String part) {
        return "cost." + vendor + "." + part;
    }
}
