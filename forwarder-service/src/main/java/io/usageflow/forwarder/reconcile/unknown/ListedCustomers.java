package io.usageflow.forwarder.reconcile.unknown;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.config.AdmissionSettings;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.forwarder.credyt.lookup.CredytUnreachableException;
import io.usageflow.forwarder.credyt.lookup.ExpectedBody;
import io.usageflow.forwarder.credyt.lookup.QueryResult;
import io.usageflow.forwarder.kafka.OwnTopicDecoder;
import io.usageflow.forwarder.kafka.OwnTopicDecoder.UnreadableRecords;
import io.usageflow.forwarder.kafka.PartitionReader;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.forwarder.links.LinkTable;
import io.usageflow.forwarder.links.Reference;
import io.usageflow.forwarder.reconcile.ReconcileRequest;
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
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;

/**
 * Whose events are looked for at Credyt: customers that links name now, and those that events were sent for in the
 * period.
 *
 * @param byId the accounts of each customer, by Credyt's id of it
 * @param absent names under which Credyt has no customer
 * @param unanswered names of which Credyt does not say whose they are, with the reason
 */
record ListedCustomers(TreeMap<String, Customer> byId, List<Customer> absent, Map<Customer, String> unanswered) {
    static final int NAMES_MAX = 500_000;

    private static final int ASKED_AT_ONCE = 1_000;

    /** @param accounts one, mostly */
    record Customer(Reference reference, Set<String> accounts) {}

    /**
     * All that topics name, unresolved.
     *
     * @param unreadable takes records among the receipts that cannot be read
     * @throws IllegalArgumentException where they are too many to be held; the message names the remedy
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
        Map<TopicPartition, Long> ends = receipts.ends();
        try (OwnTopicDecoder<Receipt> own =
                new OwnTopicDecoder<>(settings.registry().serde(), Receipt.class)) {
            // A receipt's record is written after the event was accepted: none of the period stands before this.
            for (Map.Entry<TopicPartition, Long> begin :
                    receipts.offsetsAt(from).entrySet()) {
                int partition = begin.getKey().partition();
                if (request.account()
                        .map(one -> partitionOf(one, ends.size()) != partition)
                        .orElse(false)) {
                    continue;
                }
                receipts.seek(partition, begin.getValue());
                long end = ends.getOrDefault(begin.getKey(), 0L);
                for (Optional<ConsumerRecord<byte[], byte[]>> record = receipts.next(end);
                        record.isPresent();
                        record = receipts.next(end)) {
                    own.read(record.get(), unreadable)
                            .filter(receipt -> isWanted(request, receipt.getAccountId()))
                            .ifPresent(receipt -> add(
                                    names,
                                    new Reference(
                                            receipt.getCustomer().getKind(),
                                            receipt.getCustomer().getValue()),
                                    receipt.getAccountId()));
                }
            }
        }
    }

    /** Kafka's default partitioning, by which everything of an account is in one partition. */
    static int partitionOf(String account, int partitions) {
        return Utils.toPositive(Utils.murmur2(account.getBytes(UTF_8))) % partitions;
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
     * Asks Credyt who they are; empty where it was stopped.
     *
     * @throws CredytUnreachableException where Credyt answers nothing, or does not take the key
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
                            false))
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
                    Optional<String> id = idIn(found.event(), externalId);
                    id.ifPresent(one -> know(one, who));
                    return id.isPresent() || absent.add(who);
                },
                missing -> absent.add(who),
                unsaid -> unanswered.put(who, unsaid.why()) == null);
    }

    /** A single customer, or a page of them; in a page only the one that bears the name, or a filter was not heeded. */
    static Optional<String> idIn(JsonNode body, String externalId) {
        if (body.isObject() && body.path("id").isTextual()) {
            JsonNode named = body.path("external_id");
            return !named.isTextual() || named.textValue().equals(externalId)
                    ? Optional.of(body.path("id").textValue())
                    : Optional.empty();
        }
        JsonNode items = body.isArray() ? body : body.path("items");
        for (JsonNode item : items) {
            if (item.path("external_id").asText().equals(externalId)
                    && item.path("id").isTextual()) {
                return Optional.of(item.path("id").textValue());
            }
        }
        return Optional.empty();
    }

    private void know(String id, Customer who) {
        byId.merge(id, who, (one, other) -> {
            var accounts = new TreeSet<>(one.accounts());
            accounts.addAll(other.accounts());
            return new Customer(one.reference(), accounts);
        });
    }
}
