package io.usageflow.schema.rule;

import io.usageflow.schema.Cost;
import io.usageflow.schema.id.Uuids;
import io.usageflow.schema.rule.Violation.ViolationCollector;
import java.math.BigDecimal;
import java.util.Currency;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The rules of {@code costs[]}. Pure. */
final class CostRules {
    /** Issued since 2018. Java adds them in updates, and publisher and admission must agree. */
    private static final Set<String> RECENT_CURRENCIES =
            Set.of("MRU", "STN", "UYW", "VES", "VED", "SLE", "XCG", "ZWG", "XAD");

    /** A set, since {@link Currency#getInstance} answers an unknown code with an exception. */
    private static final Set<String> CURRENCIES = currencies();

    /** Created once: most costs are valid and need none of them. */
    private static final List<Paths> PATHS =
            IntStream.range(0, EventRules.COSTS_MAX).mapToObj(Paths::of).toList();

    private CostRules() {}

    /** The paths of a cost's fields. */
    private record Paths(
            String id, String vendor, String description, String amount, String currency, String metadata) {
        static Paths of(int index) {
            String at = "costs[" + index + "]";
            return new Paths(
                    at + ".id",
                    at + ".vendor",
                    at + ".description",
                    at + ".amount",
                    at + ".currency",
                    at + ".metadata");
        }
    }

    static void check(ViolationCollector violations, List<Cost> costs) {
        if (costs.size() > EventRules.COSTS_MAX) {
            violations.add(
                    Violation.Field.COST,
                    "costs",
                    "has " + costs.size() + " entries",
                    "use at most " + EventRules.COSTS_MAX + ", or several events");
            return;
        }
        for (int i = 0; i < costs.size(); i++) {
            check(violations, costs, i);
        }
    }

    private static void check(ViolationCollector violations, List<Cost> costs, int i) {
        Cost cost = costs.get(i);
        Paths at = PATHS.get(i);
        if (cost.getId() != null) {
            TextRules.name(violations, Violation.Field.COST, at.id, cost.getId(), EventRules.ID_CHARS_MAX);
            uniqueId(violations, costs, i, cost.getId());
        }
        TextRules.name(violations, Violation.Field.COST, at.vendor, cost.getVendor(), EventRules.REFERENCE_CHARS_MAX);
        TextRules.text(
                violations,
                Violation.Field.COST,
                at.description,
                cost.getDescription(),
                EventRules.DESCRIPTION_CHARS_MAX,
                TextRules.Alphabet.PROSE);
        amount(violations, at.amount, cost.getAmount());
        currency(violations, at.currency, cost.getCurrency());
        metadata(violations, at.metadata, cost.getMetadata());
    }

    private static void amount(ViolationCollector violations, String path, @Nullable BigDecimal amount) {
        if (amount == null) {
            violations.add(
                    Violation.Field.AMOUNT, path, "is missing", "give the exact amount, 0 where it cost nothing");
        } else if (amount.signum() < 0) {
            violations.add(Violation.Field.AMOUNT, path, "is negative", "use 0 or more");
        } else if (!ExactDecimal.fits(amount)) {
            violations.add(
                    Violation.Field.AMOUNT,
                    path,
                    "has more digits than can be kept exactly",
                    "round it to at most " + ExactDecimal.WHOLE_DIGITS_MAX + " digits before and " + ExactDecimal.SCALE
                            + " after the point, with Cost.rounded(" + ExactDecimal.SCALE
                            + ") or 'usageflow publish --round-amounts " + ExactDecimal.SCALE + "'");
        }
    }

    private static void currency(ViolationCollector violations, String path, @Nullable String currency) {
        if (currency == null || !CURRENCIES.contains(currency)) {
            String wrong = currency == null ? "is missing" : "is " + ViolationCollector.excerpt(currency);
            String upper = currency == null ? "" : currency.strip().toUpperCase(Locale.ROOT);
            String example = CURRENCIES.contains(upper) ? upper : "USD";
            violations.add(Violation.Field.CURRENCY, path, wrong, "use an ISO 4217 code, such as " + example);
        }
    }

    private static void metadata(ViolationCollector violations, String path, @Nullable Map<String, String> metadata) {
        if (metadata == null || metadata.isEmpty()) {
            return;
        }
        if (metadata.size() > EventRules.METADATA_ENTRIES_MAX) {
            violations.add(
                    Violation.Field.COST,
                    path,
                    "has " + metadata.size() + " entries",
                    "use at most " + EventRules.METADATA_ENTRIES_MAX);
            return;
        }
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
            if (!EventRules.isGoodKey(entry.getKey())) {
                EventRules.badKey(violations, Violation.Field.COST, path, entry.getKey());
                continue;
            }
            String value = entry.getValue();
            if (value == null) {
                violations.add(Violation.Field.COST, path + "." + entry.getKey(), "is null", "leave the entry out");
            } else if (!EventRules.isGoodValue(value)) {
                EventRules.badValue(violations, Violation.Field.COST, path + "." + entry.getKey(), value);
            }
        }
    }

    /** Ids are the only key at Credyt: the second of two costs with one id could be lost as a duplicate. */
    private static void uniqueId(ViolationCollector violations, List<Cost> costs, int i, String id) {
        for (int other = 0; other < i; other++) {
            if (sameId(id, costs.get(other).getId())) {
                violations.add(
                        Violation.Field.COST,
                        "costs[" + i + "].id",
                        "is the id of costs[" + other + "] too",
                        "give each cost its own id, or none");
                return;
            }
        }
    }

    private static boolean sameId(String id, @Nullable String other) {
        return id.equals(other)
                || (id.equalsIgnoreCase(other) && Uuids.parse(id).isPresent());
    }

    private static Set<String> currencies() {
        Set<String> codes = new HashSet<>(RECENT_CURRENCIES);
        for (Currency currency : Currency.getAvailableCurrencies()) {
            codes.add(currency.getCurrencyCode());
        }
        return Set.copyOf(codes);
    }
}
