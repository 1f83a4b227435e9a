package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.delivery.health.DeliverySnapshot.FundsView;
import io.usageflow.forwarder.delivery.health.FundsHolds.Wanted;
import io.usageflow.forwarder.funds.FundsClient;
import io.usageflow.forwarder.funds.FundsDocument;
import io.usageflow.forwarder.observe.AdminPage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * {@code GET /delivery/funds}: the customers of this instance that lack funds; {@code POST /delivery/funds?customer=ID}
 * tries one of them now, with {@code credyt_account} only in that account, and without a parameter all. Thread-safe.
 */
final class FundsPage implements AdminPage {
    private static final String CUSTOMER = "customer";
    private static final String ACCOUNT = "credyt_account";
    private static final Set<String> PARAMETERS = Set.of(CUSTOMER, ACCOUNT);

    private final Supplier<FundsView> view;
    private final Predicate<Wanted> retry;
    private final Supplier<Instant> clock;

    /** @param retry as {@code FundsHolds.retry}; false if delivery does not run */
    FundsPage(Supplier<FundsView> view, Predicate<Wanted> retry, Supplier<Instant> clock) {
        this.view = view;
        this.retry = retry;
        this.clock = clock;
    }

    @Override
    public String path() {
        return FundsClient.PATH;
    }

    @Override
    public Answer answer(Map<String, List<String>> query) {
        if (!query.isEmpty()) {
            return Answer.badQuestion("there are no parameters");
        }
        Instant now = clock.get();
        FundsView funds = view.get();
        return Answer.ok(new FundsDocument(
                now,
                funds.customers(),
                funds.events(),
                funds.all(),
                funds.listed().stream()
                        .map(each -> new FundsDocument.Customer(
                                each.customer(),
                                each.external(),
                                each.credytAccount(),
                                each.events(),
                                each.since(),
                                Math.max(0, Duration.between(each.since(), now).toSeconds()),
                                each.cause()))
                        .toList()));
    }

    @Override
    public Optional<Function<Map<String, List<String>>, Answer>> command() {
        return Optional.of(this::retry);
    }

    private Answer retry(Map<String, List<String>> query) {
        if (!PARAMETERS.containsAll(query.keySet())
                || query.values().stream().anyMatch(values -> values.size() > 1)
                || (query.containsKey(ACCOUNT) && !query.containsKey(CUSTOMER))) {
            return Answer.badQuestion(
                    "there are the parameters customer, and with it credyt_account, each at most once");
        }
        var wanted = new Wanted(first(query, CUSTOMER), first(query, ACCOUNT));
        FundsView funds = view.get();
        if (!retry.test(wanted)) {
            return Answer.notNow("delivery does not run now: try again in a while");
        }
        // Of more customers than are listed, the one that is named may still be held.
        long listed = funds.listed().stream()
                .filter(each -> wanted.matches(each.customer(), each.credytAccount()))
                .count();
        return Answer.ok(
                new FundsDocument.Retried(wanted.customer().isEmpty() ? funds.customers() : Math.toIntExact(listed)));
    }

    private static Optional<String> first(Map<String, List<String>> query, String name) {
        return query.getOrDefault(name, List.of()).stream().findFirst();
    }
}
