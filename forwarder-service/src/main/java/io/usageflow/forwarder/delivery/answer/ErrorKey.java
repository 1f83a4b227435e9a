package io.usageflow.forwarder.delivery.answer;

import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parsed key of an {@code errors} object. Credyt's notation is not documented (docs/credyt-api.md, 2), so all
 * common ones are accepted: {@code events[0].id}, {@code events.0.id}, {@code Events[0].Id}, {@code
 * $.events[0].occurred_at}, {@code /events/0/id}, {@code [0].id}, and bare fields, in snake, camel or Pascal case.
 * Pure.
 *
 * @param index of the event, if the key has one
 * @param field below the event or the request, in lower case without underscores; may be empty
 */
record ErrorKey(OptionalInt index, String field) {
    private static final Pattern EVENT =
            Pattern.compile("(?:(?:events|event|items|body\\.events)\\.)?(\\d{1,9})(?:\\.(.*))?", Pattern.DOTALL);

    private static final Set<String> CUSTOMER_FIELDS = Set.of("customerid", "customerexternalid", "customer");

    private static final Set<String> EVENT_FIELDS = Set.of(
            "id",
            "eventid",
            "eventtype",
            "occurredat",
            "subject",
            "description",
            "data",
            "costs",
            "cost",
            "amount",
            "currency",
            "vendorid",
            "vendorexternalid",
            "vendor",
            "metadata");

    static ErrorKey parse(String key) {
        String dotted = key.strip()
                .replaceAll("^[$#]", "")
                .replace('[', '.')
                .replace("]", "")
                .replace('/', '.')
                .replace("'", "")
                .replace("\"", "")
                .replaceAll("\\.{2,}", ".")
                .replaceAll("^\\.|\\.$", "")
                .toLowerCase(Locale.ROOT);
        Matcher event = EVENT.matcher(dotted);
        if (event.matches()) {
            String rest = event.group(2) == null ? "" : event.group(2);
            return new ErrorKey(OptionalInt.of(Integer.parseInt(event.group(1))), bare(rest));
        }
        return new ErrorKey(OptionalInt.empty(), bare(dotted));
    }

    /** Whether it is the customer of the whole request. */
    boolean isCustomer() {
        return index.isEmpty() && CUSTOMER_FIELDS.contains(field);
    }

    /** Whether it is the event's own id, not a cost's; without an index, of some event of the request. */
    boolean isIdField() {
        return field.equals("id") || field.equals("eventid");
    }

    /** Whether it is a field that only events have, with or without an index. */
    boolean isEventField() {
        int dot = field.indexOf('.');
        return index.isPresent() || EVENT_FIELDS.contains(dot < 0 ? field : field.substring(0, dot));
    }

    private static String bare(String path) {
        return path.replace("_", "").replaceFirst("^events?\\.", "");
    }
}
