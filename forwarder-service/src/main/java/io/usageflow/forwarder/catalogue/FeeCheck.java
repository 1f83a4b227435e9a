package io.usageflow.forwarder.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.catalogue.BillingForecast.Billed;
import io.usageflow.forwarder.catalogue.BillingForecast.ExpectedFee;
import io.usageflow.forwarder.catalogue.BillingForecast.Miss;
import io.usageflow.forwarder.catalogue.Catalogue.Product;
import io.usageflow.forwarder.catalogue.Catalogue.UnknownPrice;
import io.usageflow.forwarder.catalogue.Catalogue.Version;
import io.usageflow.forwarder.catalogue.FeeResult.FeeDifference;
import io.usageflow.forwarder.catalogue.FeeResult.Kind;
import io.usageflow.forwarder.catalogue.Subscriptions.Subscribed;
import io.usageflow.schema.text.CountText;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Compares the fees that Credyt charged for an event with all prices that should have charged it. Pure.
 *
 * <p>Subscriptions and default versions may have changed since the event was billed, and an accusation must be true. So
 * a fee is judged by the version that it names, whose prices never change. Another version is called wrong only if the
 * subscription names one and began before the event was accepted; a product without any fee is missed only if no
 * version could explain that. What Credyt does not show is {@link Kind#UNJUDGED}.
 */
public final class FeeCheck {
    private final Catalogue catalogue;
    private final BilledEvent event;
    private final Subscriptions subscriptions;
    private final List<ChargedFee> charged;
    private final List<FeeResult> problems = new ArrayList<>();

    private FeeCheck(Catalogue catalogue, BilledEvent event, Subscriptions subscriptions, List<ChargedFee> charged) {
        this.catalogue = catalogue;
        this.event = event;
        this.subscriptions = subscriptions;
        this.charged = charged;
    }

    /**
     * An event that Credyt has accepted.
     *
     * @param data as Credyt received it; a missing node if there is none
     * @param acceptedAt when Credyt accepted it
     */
    public record BilledEvent(String eventType, JsonNode data, Instant acceptedAt) {}

    /**
     * Compares the fees of an event with the prices that should have charged it.
     *
     * @param fees the field {@code fees} of Credyt's event
     */
    public static FeeResult check(Catalogue catalogue, CustomerReading customer, BilledEvent event, JsonNode fees) {
        List<ChargedFee> charged = ChargedFee.of(fees, catalogue);
        if (customer instanceof CustomerReading.Subscribed known) {
            return new FeeCheck(catalogue, event, known.subscriptions(), charged).check();
        }
        if (!charged.isEmpty() && customer instanceof CustomerReading.Unclear unclear) {
            return FeeResult.without(Kind.UNJUDGED, "Credyt says nothing about the customer: " + unclear.why());
        }
        return charged.isEmpty()
                ? unbilled(customer.forecast(none -> BillingForecast.NotBilled.CUSTOMER_UNKNOWN))
                : new FeeCheck(catalogue, event, new Subscriptions(List.of()), charged).check();
    }

    private FeeResult check() {
        BillingForecast forecast = BillingCheck.ofCustomer(catalogue, subscriptions, event.eventType(), event.data());
        if (charged.isEmpty()) {
            return unbilled(forecast);
        }
        if (charged.stream().anyMatch(fee -> fee.amount().isEmpty())) {
            return FeeResult.without(Kind.UNJUDGED, "a fee has no amount");
        }
        if (forecast instanceof Billed billed
                && FeeMatching.of(billed.fees(), charged).isWhole()) {
            return FeeResult.asExpected();
        }
        judge();
        return result();
    }

    private static FeeResult unbilled(BillingForecast forecast) {
        return forecast.match(
                billed -> billed.fees().stream().allMatch(FeeMatching::isZero)
                        ? FeeResult.asExpected()
                        : FeeResult.without(
                                Kind.UNBILLED,
                                "by its catalogue of now Credyt would charge " + amounts(billed.fees())
                                        + ": the price or the subscription may have come later"),
                notBilled -> {
                    Miss miss = notBilled.misses().get(0);
                    return FeeResult.without(Kind.UNBILLED, miss.cause() + ", " + miss.detail());
                },
                undecided -> FeeResult.without(Kind.UNBILLED, "the cause is not known: " + undecided.why()));
    }

    /** The gravest problem, with the differences of all. */
    private FeeResult result() {
        if (problems.isEmpty()) {
            return FeeResult.asExpected();
        }
        List<FeeResult> gravestFirst =
                problems.stream().sorted(Comparator.comparing(FeeResult::kind)).toList();
        FeeResult first = gravestFirst.get(0);
        if (first.kind() == Kind.UNJUDGED) {
            // What could not be judged may explain the rest.
            return first;
        }
        boolean certain = problems.stream().allMatch(problem -> problem.excess().isPresent());
        Map<String, BigDecimal> excess = new TreeMap<>();
        problems.forEach(problem ->
                problem.excess().ifPresent(some -> some.forEach((asset, amount) -> add(excess, asset, amount))));
        return new FeeResult(
                first.kind(),
                gravestFirst.stream().map(FeeResult::detail).distinct().collect(Collectors.joining("; ")),
                gravestFirst.stream()
                        .flatMap(problem -> problem.differences().stream())
                        .toList(),
                certain ? Optional.of(excess) : Optional.empty());
    }

    private void unjudged(String why) {
        problems.add(FeeResult.without(Kind.UNJUDGED, why));
    }

    private void judge() {
        Map<Product, List<ChargedFee>> byProduct = new LinkedHashMap<>();
        for (ChargedFee fee : charged) {
            List<Product> products = products(fee);
            if (products.size() == 1) {
                byProduct
                        .computeIfAbsent(products.get(0), product -> new ArrayList<>())
                        .add(fee);
            } else {
                unjudged(
                        fee.product().isPresent()
                                ? "Credyt does not show product "
                                        + fee.product().get() + ", which charged"
                                : "a fee does not name its product, and " + products.size()
                                        + " products could have charged it");
            }
        }
        byProduct.forEach(this::judge);
        subscriptions.products().stream()
                .filter(subscribed -> subscribed.covers(event.acceptedAt()))
                .forEach(subscribed -> catalogue
                        .product(subscribed.productCode())
                        .filter(product -> !byProduct.containsKey(product))
                        .ifPresent(product -> missAll(product, subscribed)));
    }

    /** The product that charged the fee: the one that it names, or those that could have. */
    private List<Product> products(ChargedFee fee) {
        if (fee.product().isPresent()) {
            return catalogue.product(fee.product().get()).stream().toList();
        }
        List<Product> able = catalogue.products().stream()
                .filter(product -> product.versions().stream()
                        .filter(version -> fee.version()
                                .map(number -> number == version.number())
                                .orElse(true))
                        .anyMatch(version -> fees(product, version).isPresent()))
                .toList();
        List<Product> subscribed = able.stream()
                .filter(product -> !subscriptions(product).isEmpty())
                .toList();
        return subscribed.isEmpty() ? able : subscribed;
    }

    private List<Subscribed> subscriptions(Product product) {
        return subscriptions.products().stream()
                .filter(subscribed -> subscribed.productCode().equals(product.code()))
                .toList();
    }

    private Optional<List<ExpectedFee>> fees(Product product, Version version) {
        return BillingCheck.ofVersion(catalogue, product, version, event.eventType(), event.data())
                        instanceof Billed billed
                ? Optional.of(billed.fees())
                : Optional.empty();
    }

    /** Judges the fees that one product charged. */
    private void judge(Product product, List<ChargedFee> fees) {
        List<Subscribed> subscribed = subscriptions(product);
        if (subscribed.size() > 1) {
            unjudged("the customer has subscribed to product " + product.code() + " more than once");
            return;
        }
        Optional<Integer> agreed = subscribed.stream()
                .filter(one -> one.covers(event.acceptedAt()))
                .flatMap(one -> one.version().stream())
                .findFirst();
        Set<Integer> named =
                fees.stream().flatMap(fee -> fee.version().stream()).collect(Collectors.toSet());
        if (named.size() > 1) {
            judgeSeveralVersions(product, fees, agreed, named);
            return;
        }
        Optional<Integer> number = named.stream()
                .findFirst()
                .or(() -> agreed)
                .or(() -> product.versions().size() == 1
                        ? Optional.of(product.versions().get(0).number())
                        : Optional.empty());
        Optional<Version> version = number.flatMap(product::version);
        if (version.isEmpty()) {
            unjudged("Credyt does not show "
                    + number.map(shown -> "version " + shown + " of product " + product.code() + ", which charged")
                            .orElse("which version of product " + product.code() + " charged"));
        } else if (agreed.isPresent() && !agreed.equals(number)) {
            judgeWrongVersion(product, fees, agreed.get(), version.get());
        } else {
            judge(product, version.get(), fees);
        }
    }

    private void judgeSeveralVersions(
            Product product, List<ChargedFee> fees, Optional<Integer> agreed, Set<Integer> named) {
        List<ChargedFee> extra = fees.stream()
                .filter(fee -> agreed.isPresent() && !fee.version().equals(agreed))
                .toList();
        problems.add(new FeeResult(
                Kind.FEES_DOUBLE,
                "versions " + named.stream().sorted().map(String::valueOf).collect(Collectors.joining(" and "))
                        + " of product " + product.code() + " charged the event",
                fees.stream()
                        .map(fee -> new FeeDifference(
                                "fees[" + fee.index() + "].product_version",
                                agreed.map(String::valueOf).orElse(FeeDifference.NONE),
                                fee.version().map(String::valueOf).orElse(FeeDifference.NONE)))
                        .toList(),
                agreed.isPresent() && named.contains(agreed.get())
                        ? sum(extra, List.of(), List.of())
                        : Optional.empty()));
    }

    private void judgeWrongVersion(Product product, List<ChargedFee> fees, int agreed, Version version) {
        Optional<List<ExpectedFee>> expected = product.version(agreed).flatMap(right -> fees(product, right));
        problems.add(new FeeResult(
                Kind.WRONG_VERSION,
                "version " + version.number() + " of product " + product.code()
                        + " charged, and the subscription, which had begun, is to version " + agreed,
                fees.stream()
                        .map(fee -> new FeeDifference(
                                "fees[" + fee.index() + "].product_version",
                                Integer.toString(agreed),
                                Integer.toString(version.number())))
                        .toList(),
                expected.flatMap(right -> sum(fees, right, right))));
    }

    private void judge(Product product, Version version, List<ChargedFee> fees) {
        String where = "product " + product.code() + ", version " + version.number();
        BillingForecast forecast = BillingCheck.ofVersion(catalogue, product, version, event.eventType(), event.data());
        if (forecast instanceof BillingForecast.Undecided undecided) {
            unjudged(undecided.why());
        } else if (forecast instanceof BillingForecast.NotBilled notBilled) {
            problems.add(new FeeResult(
                    Kind.FEES_DIFFER,
                    where + ", charged, and none of its prices should: "
                            + notBilled.misses().get(0).detail(),
                    differences(List.of(), fees),
                    Optional.empty()));
        } else if (forecast instanceof Billed billed) {
            judge(where, billed.fees(), fees, hasUnknownPrice(version));
        }
    }

    private boolean hasUnknownPrice(Version version) {
        return version.prices().stream()
                .flatMap(List::stream)
                .anyMatch(price -> price instanceof UnknownPrice && price.mayCount(event.eventType()));
    }

    private void judge(String where, List<ExpectedFee> expected, List<ChargedFee> fees, boolean unknownPrice) {
        var matching = FeeMatching.of(expected, fees);
        List<ExpectedFee> missing = matching.missing();
        List<ChargedFee> extra = matching.extra();
        if (matching.isWhole()) {
            return;
        }
        if (unknownPrice && !extra.isEmpty()) {
            unjudged(where + ", has a price in a form that is not known");
        } else if (missing.isEmpty()
                && extra.stream()
                        .allMatch(fee -> expected.stream().anyMatch(price -> FeeMatching.isSame(price, fee)))) {
            problems.add(new FeeResult(
                    Kind.FEES_DOUBLE,
                    where + ", has " + CountText.of(expected.size(), "price") + " for the event, and charged "
                            + CountText.of(fees.size(), "fee"),
                    differences(missing, extra),
                    sum(extra, List.of(), expected)));
        } else {
            problems.add(new FeeResult(
                    extra.isEmpty() ? Kind.FEES_MISSING : Kind.FEES_DIFFER,
                    where + ", should have charged " + amounts(expected) + ", and charged "
                            + fees.stream().map(FeeCheck::text).collect(Collectors.joining(" and ")),
                    differences(missing, extra),
                    sum(extra, missing, expected)));
        }
    }

    /** A product that should have charged and did not, whatever version it was. */
    private void missAll(Product product, Subscribed subscribed) {
        List<Version> possible = subscribed
                .version()
                .map(number -> product.version(number).stream().toList())
                .orElse(product.versions());
        List<Optional<List<ExpectedFee>>> expected =
                possible.stream().map(version -> fees(product, version)).toList();
        boolean charges = !expected.isEmpty()
                && expected.stream()
                        .allMatch(fees ->
                                fees.isPresent() && fees.get().stream().anyMatch(fee -> !FeeMatching.isZero(fee)));
        if (charges) {
            List<ExpectedFee> fees = expected.get(0).orElseThrow();
            problems.add(new FeeResult(
                    Kind.FEES_MISSING,
                    "product " + product.code() + " should have charged " + amounts(fees) + ", and charged nothing",
                    differences(fees, List.of()),
                    possible.size() == 1 ? sum(List.of(), fees, fees) : Optional.empty()));
        }
    }

    /**
     * What the fees are more than the estimates, by asset. Empty if an asset is not known, or if an estimate has more
     * digits than Credyt is seen to charge, since its rounding is not documented.
     *
     * @param prices all of the product, which show the asset of a fee that does not name it
     */
    private Optional<Map<String, BigDecimal>> sum(
            List<ChargedFee> fees, List<ExpectedFee> expected, List<ExpectedFee> prices) {
        int digitsSeen = charged.stream()
                .flatMap(fee -> fee.amount().stream())
                .mapToInt(BigDecimal::scale)
                .max()
                .orElse(0);
        Set<String> assets = Stream.concat(
                        charged.stream().flatMap(fee -> fee.asset().stream()),
                        prices.stream().flatMap(fee -> fee.amounts().keySet().stream()))
                .collect(Collectors.toSet());
        Map<String, BigDecimal> sums = new HashMap<>();
        for (ChargedFee fee : fees) {
            if (fee.asset().isEmpty() && assets.size() != 1) {
                return Optional.empty();
            }
            String asset = fee.asset().orElseGet(() -> assets.iterator().next());
            add(sums, asset, fee.amount().orElseThrow());
        }
        for (ExpectedFee fee : expected) {
            String asset = fee.amounts().keySet().iterator().next();
            BigDecimal amount = Objects.requireNonNull(fee.amounts().get(asset));
            if (fee.amounts().size() != 1
                    || amount.stripTrailingZeros().scale() > Math.max(FeeMatching.digits(asset), digitsSeen)) {
                return Optional.empty();
            }
            add(sums, asset, amount.negate());
        }
        return Optional.of(sums);
    }

    private static void add(Map<String, BigDecimal> sums, String asset, BigDecimal amount) {
        sums.merge(asset, amount, BigDecimal::add);
    }

    private static List<FeeDifference> differences(List<ExpectedFee> missing, List<ChargedFee> extra) {
        List<FeeDifference> differences = new ArrayList<>();
        for (int i = 0; i < Math.max(missing.size(), extra.size()); i++) {
            differences.add(new FeeDifference(
                    i < extra.size() ? "fees[" + extra.get(i).index() + "].amount" : "fees[].amount",
                    i < missing.size() ? text(missing.get(i)) : FeeDifference.NONE,
                    i < extra.size() ? text(extra.get(i)) : FeeDifference.NONE));
        }
        return differences;
    }

    private static String amounts(List<ExpectedFee> fees) {
        return fees.stream().map(FeeCheck::text).collect(Collectors.joining(" and "));
    }

    private static String text(ExpectedFee fee) {
        return fee.amounts().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(amount -> amount.getValue().toPlainString() + " " + amount.getKey())
                .collect(Collectors.joining(" or "));
    }

    private static String text(ChargedFee fee) {
        return (fee.amount().map(BigDecimal::toPlainString).orElse("") + " "
                        + fee.asset().orElse(""))
                .strip();
    }
}
