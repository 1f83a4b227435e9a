package io.usageflow.forwarder.balance;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.forwarder.credyt.lookup.CredytQueries.Query;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.ExpectedBody;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.QueryResult;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.schema.ReferenceKind;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Asks Credyt for wallets: {@code GET /customers/{id}/wallet}. Credyt's id of a customer that is named by an external
 * id is asked for first, and kept for {@link #ID_VALID}. One thread.
 */
final class WalletQueries {
    /** The account of a wallet that usage is charged to; no other is documented (docs/credyt-api.md, 4). */
    private static final String DEFAULT_ACCOUNT = "default";

    private static final Duration ID_VALID = Duration.ofMinutes(10);
    /** Digits of the topic's decimals. */
    private static final int SCALE = 18;

    private static final int PRECISION = 38;

    private static final ExpectedBody WALLET =
            body -> body.path("accounts").isArray() ? Optional.empty() : Optional.of("without a wallet's accounts");

    private final Map<Reference, KnownCustomer> customers;

    WalletQueries(int customersMax) {
        customers = new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Reference, KnownCustomer> eldest) {
                return size() > customersMax;
            }
        };
    }

    private record KnownCustomer(String id, Instant since) {}

    /** What Credyt says of a customer's wallet. */
    sealed interface WalletResult {
        <R> R match(Function<Wallet, R> onWallet, Function<NoCustomer, R> onNoCustomer, Function<Unclear, R> onUnclear);
    }

    /**
     * A wallet.
     *
     * @param available by asset, rounded down to 18 digits after the point; may be negative
     */
    record Wallet(String customerId, Map<String, BigDecimal> available) implements WalletResult {
        Wallet {
            available = Map.copyOf(available);
        }

        @Override
        public <R> R match(
                Function<Wallet, R> onWallet, Function<NoCustomer, R> onNoCustomer, Function<Unclear, R> onUnclear) {
            return onWallet.apply(this);
        }
    }

    /** Credyt has no such customer. */
    record NoCustomer() implements WalletResult {
        @Override
        public <R> R match(
                Function<Wallet, R> onWallet, Function<NoCustomer, R> onNoCustomer, Function<Unclear, R> onUnclear) {
            return onNoCustomer.apply(this);
        }
    }

    /** Credyt does not say. */
    record Unclear(String why) implements WalletResult {
        @Override
        public <R> R match(
                Function<Wallet, R> onWallet, Function<NoCustomer, R> onNoCustomer, Function<Unclear, R> onUnclear) {
            return onUnclear.apply(this);
        }
    }

    /**
     * Reads the wallets of customers; empty if stopped.
     *
     * @throws io.usageflow.forwarder.credyt.lookup.CredytQueries.CredytUnreachableException if Credyt does not answer,
     *     or refuses the key
     */
    Optional<Map<Reference, WalletResult>> read(CredytQueries queries, Collection<Reference> references, Instant now)
            throws InterruptedException {
        Map<Reference, WalletResult> results = new HashMap<>();
        if (!learn(queries, references, results, now)) {
            return Optional.empty();
        }
        Map<Reference, KnownCustomer> asked = new LinkedHashMap<>();
        for (Reference reference : references) {
            KnownCustomer customer = customers.get(reference);
            if (customer != null) {
                asked.put(reference, customer);
            }
        }
        Optional<List<QueryResult>> answers = queries.ask(asked.entrySet().stream()
                .map(each -> new Query(
                                "/customers/"
                                        + CredytHttp.encoded(each.getValue().id()) + "/wallet",
                                WALLET,
                                false)
                        .in(each.getKey().credytAccount()))
                .toList());
        if (answers.isEmpty()) {
            return Optional.empty();
        }
        int i = 0;
        for (Map.Entry<Reference, KnownCustomer> customer : asked.entrySet()) {
            WalletResult wallet = wallet(customer.getValue(), answers.get().get(i++));
            if (wallet instanceof NoCustomer) {
                customers.remove(customer.getKey());
            }
            results.put(customer.getKey(), wallet);
        }
        return Optional.of(results);
    }

    /** Looks up the ids that are not known, or were for too long. Returns false if stopped. */
    private boolean learn(
            CredytQueries queries, Collection<Reference> references, Map<Reference, WalletResult> results, Instant now)
            throws InterruptedException {
        List<Reference> unknown = new ArrayList<>();
        for (Reference reference : references) {
            KnownCustomer customer = customers.get(reference);
            if (reference.kind() == ReferenceKind.CREDYT_ID) {
                customers.put(reference, new KnownCustomer(reference.value(), now));
            } else if (customer == null || customer.since().plus(ID_VALID).isBefore(now)) {
                customers.remove(reference);
                unknown.add(reference);
            }
        }
        Optional<List<QueryResult>> answers = queries.ask(unknown.stream()
                .map(reference -> new Query(
                                "/customers?external_id=" + CredytHttp.encoded(reference.value()),
                                ExpectedBody.lookup(),
                                false)
                        .in(reference.credytAccount()))
                .toList());
        if (answers.isEmpty()) {
            return false;
        }
        for (int i = 0; i < unknown.size(); i++) {
            Reference reference = unknown.get(i);
            answers.get()
                    .get(i)
                    .<Optional<WalletResult>>match(
                            found -> {
                                Optional<JsonNode> customer = found.withKey("external_id", reference.value());
                                customer.ifPresent(shown -> customers.put(
                                        reference,
                                        new KnownCustomer(shown.path("id").textValue(), now)));
                                return customer.isPresent() ? Optional.empty() : Optional.of(new NoCustomer());
                            },
                            absent -> Optional.of(new NoCustomer()),
                            unanswered -> Optional.of(new Unclear(unanswered.why())))
                    .ifPresent(result -> results.put(reference, result));
        }
        return true;
    }

    private static WalletResult wallet(KnownCustomer customer, QueryResult answer) {
        return answer.match(
                found -> new Wallet(customer.id(), available(found.event())),
                absent -> new NoCustomer(),
                unanswered -> new Unclear(unanswered.why()));
    }

    /** The default account of each asset; accounts with another name are not counted. */
    private static Map<String, BigDecimal> available(JsonNode wallet) {
        Map<String, BigDecimal> available = new TreeMap<>();
        for (JsonNode account : wallet.path("accounts")) {
            JsonNode amount = account.path("available");
            if (account.path("asset").isTextual()
                    && amount.isNumber()
                    && account.path("name").asText(DEFAULT_ACCOUNT).equalsIgnoreCase(DEFAULT_ACCOUNT)) {
                BigDecimal exact = amount.decimalValue().setScale(SCALE, RoundingMode.FLOOR);
                if (exact.precision() <= PRECISION) {
                    available.merge(account.path("asset").textValue(), exact, BigDecimal::add);
                }
            }
        }
        return available;
    }
}
