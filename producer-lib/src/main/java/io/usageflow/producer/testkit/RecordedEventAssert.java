package io.usageflow.producer.testkit;

import io.usageflow.producer.EventId;
import io.usageflow.schema.Cost;
import io.usageflow.schema.JsonValue;
import io.usageflow.schema.UsageEvent;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/** Assertions on one published event. */
public final class RecordedEventAssert extends AbstractAssert<RecordedEventAssert, UsageEvent> {
    RecordedEventAssert(UsageEvent actual) {
        super(actual, RecordedEventAssert.class);
    }

    public RecordedEventAssert hasId(EventId id) {
        return equal("id", actual.getId(), id.value());
    }

    public RecordedEventAssert hasAccount(String account) {
        return equal("account_id", actual.getAccountId(), account);
    }

    public RecordedEventAssert hasSubject(String subject) {
        return equal("subject", actual.getSubject(), subject);
    }

    /**
     * Asserts an entry of the event's data.
     *
     * @param value as given to the event: numbers are compared by value, so 1500 and 1500L and 1500.0 are the same
     */
    public RecordedEventAssert hasData(String key, @Nullable Object value) {
        if (!actual.getData().containsKey(key)) {
            failWithMessage("expected data to have '%s' but there is only %s", key, actual.getData());
        }
        return equal("data." + key, plain(actual.getData().get(key)), plain(value));
    }

    /** A cost of exactly this amount, whatever its trailing zeros. */
    public RecordedEventAssert hasCost(String vendor, BigDecimal amount, String currency) {
        List<Cost> costs = actual.getCosts();
        boolean found = costs.stream()
                .anyMatch(cost -> cost.getVendor().equals(vendor)
                        && cost.getAmount().compareTo(amount) == 0
                        && cost.getCurrency().equals(currency));
        if (!found) {
            failWithMessage("expected a cost of %s %s at '%s' but there is only %s", amount, currency, vendor, costs);
        }
        return this;
    }

    private RecordedEventAssert equal(String what, @Nullable Object is, @Nullable Object expected) {
        if (!Objects.equals(is, expected)) {
            failWithActualExpectedAndMessage(is, expected, "expected %s to be <%s> but it is <%s>", what, expected, is);
        }
        return this;
    }

    private static @Nullable Object plain(@Nullable Object value) {
        if (value instanceof Number number) {
            return new BigDecimal(number.toString()).stripTrailingZeros();
        }
        return value instanceof JsonValue json ? json.getJson() : value;
    }
}
