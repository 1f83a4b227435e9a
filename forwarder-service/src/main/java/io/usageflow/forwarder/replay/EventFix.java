package io.usageflow.forwarder.replay;

import io.usageflow.schema.Cost;
import io.usageflow.schema.Fix;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.text.Suggestion;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One change that an operator makes to each replayed event, written {@code field=value}; an empty value takes the
 * field out where the schema lets it be absent. Immutable, pure: {@link #apply} changes the event it is given, which
 * must be a private copy.
 *
 * @param field as written, such as {@code subject}, {@code data.model} or {@code costs[0].currency}
 * @param value empty to take it out
 */
public record EventFix(String field, Optional<String> value) {
    private static final Pattern COST = Pattern.compile("costs\\[(\\d{1,4}|\\*)]\\.(\\w+)");
    private static final String DATA = "data.";

    private static final Map<String, Part<UsageEvent>> OF_EVENT = new TreeMap<>(Map.of(
            "event_type", Part.required(UsageEvent::getEventType, UsageEvent::setEventType),
            "account_id", Part.required(UsageEvent::getAccountId, UsageEvent::setAccountId),
            "customer_id", Part.optional(UsageEvent::getCustomerId, UsageEvent::setCustomerId),
            "customer_external_id", Part.optional(UsageEvent::getCustomerExternalId, UsageEvent::setCustomerExternalId),
            "occurred_at",
                    Part.required(
                            event -> event.getOccurredAt().toString(),
                            (event, text) -> event.setOccurredAt(time(text))),
            "subject", Part.optional(UsageEvent::getSubject, UsageEvent::setSubject),
            "description", Part.optional(UsageEvent::getDescription, UsageEvent::setDescription)));

    private static final Map<String, Part<Cost>> OF_COST = new TreeMap<>(Map.of(
            "vendor", Part.required(Cost::getVendor, Cost::setVendor),
            "amount",
                    Part.required(
                            cost -> DataText.plain(cost.getAmount()),
                            (cost, text) -> cost.setAmount(amount("costs", text))),
            "currency", Part.required(Cost::getCurrency, Cost::setCurrency),
            "description", Part.optional(Cost::getDescription, Cost::setDescription)));

    /** A text of an event or a cost. */
    private record Part<T>(boolean optional, Function<T, @Nullable String> get, BiConsumer<T, @Nullable String> set) {
        static <T> Part<T> required(Function<T, @Nullable String> get, BiConsumer<T, String> set) {
            return new Part<>(false, get, (target, text) -> set.accept(target, Objects.requireNonNull(text)));
        }

        static <T> Part<T> optional(Function<T, @Nullable String> get, BiConsumer<T, @Nullable String> set) {
            return new Part<>(true, get, set);
        }
    }

    /** The fix cannot be made; the message names the field and the remedy. */
    public static final class BadFixException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        BadFixException(String message) {
            super(message);
        }
    }

    /**
     * Reads a fix.
     *
     * @param text {@code field=value}
     * @throws BadFixException naming what is wrong with it, for every event alike
     */
    public static EventFix parse(String text) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw new BadFixException("--set " + text + " is no fix: write field=value, such as subject=chat_9");
        }
        String field = text.substring(0, equals).strip();
        String given = text.substring(equals + 1);
        var fix = new EventFix(field, given.isEmpty() ? Optional.empty() : Optional.of(given));
        fix.check();
        return fix;
    }

    /** As {@link #parse} reads it. */
    public String text() {
        return field + "=" + value.orElse("");
    }

    /** What can be set, for help and messages. */
    public static List<String> fields() {
        List<String> fields = new ArrayList<>(OF_EVENT.keySet());
        fields.add("data.KEY");
        OF_COST.keySet().forEach(field -> fields.add("costs[N].".replace("N", "N|*") + field));
        return fields;
    }

    /** Whether a change of this field changes what is billed, which Credyt takes only once under one id. */
    public boolean isBillable() {
        return !field.equals("occurred_at") && !field.equals("subject") && !field.endsWith("description");
    }

    /**
     * Changes the event.
     *
     * @return what was changed, with old and new values; nothing where it was so already
     * @throws BadFixException where this event has no such thing
     */
    public List<Fix> apply(UsageEvent event) {
        Part<UsageEvent> part = OF_EVENT.get(field);
        if (part != null) {
            return change(field, event, part);
        }
        if (field.startsWith(DATA)) {
            return changeData(event);
        }
        Matcher cost = COST.matcher(field);
        if (!cost.matches()) {
            throw unknown();
        }
        return changeCosts(event, cost.group(1), cost.group(2));
    }

    private List<Fix> changeCosts(UsageEvent event, String which, String what) {
        Part<Cost> part = Objects.requireNonNull(OF_COST.get(what), "checked when it was parsed");
        List<Fix> changes = new ArrayList<>();
        if (which.equals("*")) {
            for (int i = 0; i < event.getCosts().size(); i++) {
                changes.addAll(
                        change("costs[" + i + "]." + what, event.getCosts().get(i), part));
            }
            return changes;
        }
        int index = Integer.parseInt(which);
        if (index >= event.getCosts().size()) {
            throw new BadFixException("--set " + field + ": the event has "
                    + event.getCosts().size() + " costs, and they are counted from 0");
        }
        return change(field, event.getCosts().get(index), part);
    }

    private List<Fix> changeData(UsageEvent event) {
        String key = field.substring(DATA.length());
        boolean was = event.getData().containsKey(key);
        String old = was ? DataText.write(event.getData().get(key)) : null;
        Object updated = value.map(DataText::read).orElse(null);
        String written = value.isEmpty() ? null : DataText.write(updated);
        if (Objects.equals(old, written)) {
            return List.of();
        }
        Map<String, Object> data = new LinkedHashMap<>(event.getData());
        if (value.isEmpty()) {
            data.remove(key);
        } else {
            data.put(key, updated);
        }
        event.setData(data);
        return List.of(new Fix(field, old, written));
    }

    private <T> List<Fix> change(String path, T target, Part<T> part) {
        String old = part.get.apply(target);
        part.set.accept(target, value.orElse(null));
        String updated = part.get.apply(target);
        return Objects.equals(old, updated) ? List.of() : List.of(new Fix(path, old, updated));
    }

    /** What is wrong whatever the event is. */
    private void check() {
        Part<?> part = OF_EVENT.get(field);
        if (part == null && !(field.startsWith(DATA) && field.length() > DATA.length())) {
            Matcher cost = COST.matcher(field);
            part = cost.matches() ? OF_COST.get(cost.group(2)) : null;
            if (part == null) {
                throw unknown();
            }
        }
        if (part != null && !part.optional && value.isEmpty()) {
            throw new BadFixException("--set " + field + "= takes out what every event must have: give it a value");
        }
        if (field.equals("occurred_at")) {
            time(value.orElse(""));
        } else if (field.endsWith("].amount")) {
            amount(field, value.orElse(""));
        } else if (field.startsWith(DATA)) {
            value.ifPresent(DataText::read);
        }
    }

    private BadFixException unknown() {
        return new BadFixException("--set " + field + " is no field that can be set: "
                + Suggestion.of(field, OF_EVENT.keySet())
                        .map(nearest -> "did you mean " + nearest + "?")
                        .orElse("use " + String.join(", ", fields())));
    }

    private static Instant time(@Nullable String text) {
        try {
            return OffsetDateTime.parse(String.valueOf(text)).toInstant();
        } catch (DateTimeParseException malformed) {
            throw new BadFixException(
                    "--set occurred_at is '" + text + "', which is no time: write 2026-11-23T10:15:30Z");
        }
    }

    private static BigDecimal amount(String field, @Nullable String text) {
        return DataText.decimal(String.valueOf(text))
                .orElseThrow(() -> new BadFixException("--set " + field + " is '" + text
                        + "', which the schema cannot hold exactly: write a decimal such as 0.0161"));
    }
}
