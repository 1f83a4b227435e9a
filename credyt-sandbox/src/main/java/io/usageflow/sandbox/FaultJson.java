package io.usageflow.sandbox;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.usageflow.sandbox.fault.Fault;
import io.usageflow.sandbox.fault.Fault.Moment;
import io.usageflow.sandbox.fault.Fault.RetryAfter;
import io.usageflow.sandbox.fault.FaultRule;
import io.usageflow.sandbox.fault.FaultRule.FaultMatch;
import io.usageflow.sandbox.fault.Faults;
import io.usageflow.sandbox.json.Fields;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A fault rule as one flat JSON object, short enough for a command line. */
final class FaultJson {
    private static final Set<String> FIELDS = Set.of(
            "route",
            "event_id",
            "customer",
            "kind",
            "status",
            "retry_after",
            "retry_after_form",
            "moment",
            "time_ms",
            "times",
            "rate",
            "seed",
            "until");
    private static final int STATUS_DEFAULT = 503;

    private FaultJson() {}

    /** Ignore the result if {@code body} then has errors. */
    static FaultRule read(Fields body) {
        body.refuseOthersThan(FIELDS);
        FaultMatch match = new FaultMatch(
                body.optionalText("route"), body.optionalText("event_id"), body.optionalText("customer"));
        int times = body.integer("times", 0);
        BigDecimal rate = Objects.requireNonNullElse(body.optionalDecimal("rate"), BigDecimal.ONE);
        int seed = body.integer("seed", 0);
        Instant until = until(body);
        return valid(
                body,
                times < 0 ? "times" : "rate",
                () -> new FaultRule(match, fault(body), times, rate.doubleValue(), seed, until),
                FaultRule.always(match, Fault.status(STATUS_DEFAULT)));
    }

    private static Fault fault(Fields body) {
        String kind = body.text("kind");
        return switch (kind) {
            case "status" -> status(body);
            case "delay" -> new Fault.Delay(time(body));
            case "drop" -> new Fault.Drop(moment(body));
            case "truncated_body" -> new Fault.TruncatedBody();
            case "not_json" -> new Fault.NotJson(moment(body));
            case "html" -> new Fault.Html(moment(body));
            case "slow_body" -> new Fault.SlowBody(time(body));
            case "no_answer" -> new Fault.NoAnswer(moment(body));
            default -> {
                body.wrong(
                        "kind", "must be status, delay, drop, truncated_body, not_json, html, slow_body or no_answer");
                yield new Fault.TruncatedBody();
            }
        };
    }

    private static Fault status(Fields body) {
        int status = body.integer("status", STATUS_DEFAULT);
        int seconds = body.integer("retry_after", -1);
        RetryAfter.Form form = body.has("retry_after_form")
                ? constant(body, "retry_after_form", RetryAfter.Form.SECONDS)
                : RetryAfter.Form.SECONDS;
        RetryAfter retryAfter = seconds < 0 ? RetryAfter.ABSENT : new RetryAfter(form, seconds);
        return valid(
                body, "status", () -> new Fault.Status(status, retryAfter, moment(body)), Fault.status(STATUS_DEFAULT));
    }

    private static Duration time(Fields body) {
        if (!body.has("time_ms")) {
            body.wrong("time_ms", "is required: milliseconds");
        }
        int millis = body.integer("time_ms", 0);
        if (millis < 0) {
            body.wrong("time_ms", "must be 0 or more");
        }
        return Duration.ofMillis(millis);
    }

    private static Moment moment(Fields body) {
        return body.has("moment") ? constant(body, "moment", Moment.BEFORE_COMMIT) : Moment.BEFORE_COMMIT;
    }

    private static @Nullable Instant until(Fields body) {
        String text = body.optionalText("until");
        if (text == null) {
            return null;
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            body.wrong("until", "must be an ISO 8601 time in UTC such as 2026-01-31T12:00:00Z");
            return null;
        }
    }

    private static <E extends Enum<E>> E constant(Fields body, String name, E fallback) {
        String text = body.text(name);
        for (E constant : fallback.getDeclaringClass().getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(text)) {
                return constant;
            }
        }
        body.wrong(
                name,
                "must be one of "
                        + Set.of(fallback.getDeclaringClass().getEnumConstants())
                                .toString()
                                .toLowerCase(Locale.ROOT));
        return fallback;
    }

    private static <T> T valid(Fields body, String field, Supplier<T> rule, T fallback) {
        try {
            return rule.get();
        } catch (IllegalArgumentException e) {
            body.wrong(field, Objects.requireNonNullElse(e.getMessage(), "is wrong"));
            return fallback;
        }
    }

    /** A rule as the admin surface lists it. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record FaultView(
            int id,
            int struck,
            @Nullable String route,
            @Nullable String eventId,
            @Nullable String customer,
            String fault,
            int times,
            double rate,
            @Nullable Instant until) {}

    static FaultView view(Faults.View view) {
        FaultRule rule = view.rule();
        return new FaultView(
                view.id(),
                view.struck(),
                rule.match().route(),
                rule.match().eventId(),
                rule.match().customer(),
                rule.fault().toString(),
                rule.times(),
                rule.rate(),
                rule.until());
    }
}
