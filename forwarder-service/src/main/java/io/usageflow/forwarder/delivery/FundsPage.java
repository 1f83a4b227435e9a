package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.delivery.health.DeliverySnapshot.FundsView;
import io.usageflow.forwarder.funds.FundsClient;
import io.usageflow.forwarder.funds.FundsDocument;
import io.usageflow.forwarder.observe.AdminPage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * {@code GET /delivery/funds}: the customers of this instance that lack funds; {@code POST /delivery/funds?customer=ID}
 * tries one of them now, and without a parameter all. Thread-safe.
 */
final class FundsPage implements AdminPage {
    private final Supplier<FundsView> view;
    private final Predicate<Optional<String>> retry;
    private final Supplier<Instant> clock;

    /** @param retry as {@code FundsHolds.retry}; false if delivery does not run */
    FundsPage(Supplier<FundsView> view, Predicate<Optional<String>> retry, Supplier<Instant> clock) {
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
        List<String> named = query.getOrDefault("customer", List.of());
        if (named.size() > 1 || query.size() > named.size()) {
            return Answer.badQuestion("there is the parameter customer, at most once");
        }
        Optional<String> customer = named.stream().findFirst();
        FundsView funds = view.get();
        if (!retry.test(customer)) {
            return Answer.notNow("delivery does not run now: try again in a while");
        }
        // Of more customers than are listed, the one that is named may still be held.
        boolean listed = funds.listed().stream()
                .anyMatch(each -> customer.filter(each.customer()::equals).isPresent());
        return Answer.ok(new FundsDocument.Retried(customer.isEmpty() ? funds.customers() : listed ? 1 : 0));
    }
}
