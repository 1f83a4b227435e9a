package io.usageflow.forwarder.reconcile.unknown;

import io.usageflow.forwarder.config.AdmissionSettings;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.forwarder.credyt.lookup.CredytQueries.CredytUnreachableException;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.ExpectedBody;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.QueryResult;
import io.usageflow.forwarder.kafka.OwnTopicDecoder;
import io.usageflow.forwarder.kafka.OwnTopicDecoder.UnreadableRecords;
import io.usageflow.forwarder.kafka.PartitionReader;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.forwarder.links.LinkTable;
import io.usageflow.forwarder.reconcile.ReconcileRequest;
import io.usageflow.forwarder.topics.AccountPartition;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.ReferenceKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;

/**
 * The customers whose lists are read: those in links now, and those in receipts of the period.
 *
 * @param byId each customer with its accounts, by Credyt's id; before it, for one in a connected account of a platform,
 *     that account and a slash
 * @param absent names under which Credyt has no customer
 * @param unanswered names that Credyt did not resolve, with the reason
 */
record ListedCustomers(TreeMap<String, Customer> byId, List<Customer> absent, Map<Customer, String> unanswered) {
    static final int NAMES_MAX = 500_000;

    private static final int ASKED_AT_ONCE = 1_000;

    /** @param accounts usually one */
    record Customer(Reference reference, Set<String> accounts) {
        private String keyOf(String credytId) {
            return reference.credytAccount().map(account -> account + "/").orElse("") + credytId;
        }
    }

    /** Credyt's id of a customer in {@link #byId}. */
    static String credytId(Map.Entry<String, Customer> customer) {
        return customer.getKey().substring(customer.getValue().keyOf("").length());
    }

    /**
     * Reads the names from the topics, without resolving them.
     *
     * @param unreadable takes receipts that cannot be read
     * @throws IllegalArgumentException if there are too many; the message names the remedy
     */
    static List<Customer> named(
            Settings settings,
            ReconcileRequest request,
            Instant from,
            PartitionReader receipts,
            UnreadableRecords unreadable) {
        Map<Reference, Set<String>> names = new HashMap<>();
        new LinkTable(settings)
                .read(
                        LinkKind.CUSTOMER,
                        link -> {
                            if (isWanted(request, link.name())) {
                                add(names, link.reference(), link.name());
                            }
                        },
                        refusal -> {});
        ofReceipts(settings, request, from, receipts, names, unreadable);
        Optional<String> account = request.account();
        if (names.isEmpty()
                && account.isPresent()
                && settings.admission().unlinked().customers() == AdmissionSettings.Unlinked.Policy.PASSTHROUGH) {
            add(names, new Reference(ReferenceKind.EXTERNAL_ID, account.get()), account.get());
        }
        return names.entrySet().stream()
                .map(each -> new Customer(each.getKey(), each.getValue()))
                .toList();
    }

    private static void ofReceipts(
            Settings settings,
            ReconcileRequest request,
            Instant from,
            PartitionReader receipts,
            Map<Reference, Set<String>> names,
            UnreadableRecords unreadable) {
        // A receipt's record is written after the event was accepted: none of the period is before this.
        Map<TopicPartition, Long> begins = new HashMap<>(receipts.offsetsAt(from));
        int partitions = begins.size();
        request.account().ifPresent(account -> begins.keySet()
                .removeIf(each -> each.partition() != AccountPartition.of(account, partitions)));
        try (OwnTopicDecoder<Receipt> own =
                new OwnTopicDecoder<>(settings.registry().serde(), Receipt.class)) {
            receipts.read(begins, record -> {
                own.read(record, unreadable)
                        .filter(receipt -> isWanted(request, receipt.getAccountId()))
                        .ifPresent(receipt -> add(names, Reference.of(receipt.getCustomer()), receipt.getAccountId()));
                return true;
            });
        }
    }

    private static boolean isWanted(ReconcileRequest request, String account) {
        return request.account().map(account::equals).orElse(true);
    }

    private static void add(Map<Reference, Set<String>> names, Reference reference, String account) {
        names.computeIfAbsent(reference, key -> new TreeSet<>()).add(account);
        if (names.size() > NAMES_MAX) {
            throw new IllegalArgumentException("links and receipts name more than " + NAMES_MAX
                    + " customers, which is more than one run can hold: use --account, or a shorter period");
        }
    }

    /**
     * Resolves the names at Credyt; empty if stopped.
     *
     * @throws CredytUnreachableException if Credyt does not answer or refuses the key
     */
    static Optional<ListedCustomers> resolved(List<Customer> named, CredytQueries queries) throws InterruptedException {
        var customers = new ListedCustomers(new TreeMap<>(), new ArrayList<>(), new HashMap<>());
        List<Customer> toBeAsked = new ArrayList<>();
        for (Customer who : named) {
            if (who.reference().kind() == ReferenceKind.CREDYT_ID) {
                customers.know(who.reference().value(), who);
            } else {
                toBeAsked.add(who);
            }
        }
        for (int i = 0; i < toBeAsked.size(); i += ASKED_AT_ONCE) {
            List<Customer> some = toBeAsked.subList(i, Math.min(toBeAsked.size(), i + ASKED_AT_ONCE));
            Optional<List<QueryResult>> results = queries.ask(some.stream()
                    .map(who -> new CredytQueries.Query(
                                    "/customers?external_id="
                                            + CredytHttp.encoded(who.reference().value()),
                                    ExpectedBody.lookup(),
                                    false)
                            .in(who.reference().credytAccount()))
                    .toList());
            if (results.isEmpty()) {
                return Optional.empty();
            }
            for (int k = 0; k < some.size(); k++) {
                customers.take(some.get(k), results.get().get(k));
            }
        }
        return Optional.of(customers);
    }

    private void take(Customer who, QueryResult result) {
        String externalId = who.reference().value();
        result.match(
                found -> {
                    Optional<String> id = found.withKey("external_id", externalId)
                            .map(customer -> customer.path("id").textValue());
                    id.ifPresent(one -> know(one, who));
                    return id.isPresent() || absent.add(who);
                },
                missing -> absent.add(who),
                unsaid -> unanswered.put(who, unsaid.why()) == null);
    }

    private void know(String id, Customer who) {
        byId.merge(who.keyOf(id), who, (one, other) -> {
            var accounts = new TreeSet<>(one.accounts());
            accounts.addAll(other.accounts());
            return new Customer(one.reference(), accounts);
        });
    }
}
