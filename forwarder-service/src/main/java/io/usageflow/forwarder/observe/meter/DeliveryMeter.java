package io.usageflow.forwarder.observe.meter;

import java.util.List;

/**
 * Delivery's meters. Their names are an interface: dashboards and alerts use them. Counters count what this process did
 * since its start; what is exact through crashes is the ledger.
 */
public enum DeliveryMeter implements CataloguedMeter {
    REQUESTS(
            "usageflow.delivery.requests",
            "timer",
            "seconds",
            List.of("outcome"),
            "Requests to Credyt and how long their answers took, by what the answer meant: accepted, refused,"
                    + " too_large, customer_trouble, no_funds, unclear, retry, halt."),
    BATCH_SIZE("usageflow.delivery.batch.size", "summary", "events", List.of(), "Events in a request."),
    EVENTS(
            "usageflow.delivery.events",
            "counter",
            "events",
            List.of("outcome"),
            "Events whose fate is known: accepted, already_known, dead_lettered."),
    DEAD_LETTERS(
            "usageflow.delivery.dead.letters",
            "counter",
            "events",
            List.of("reason"),
            "Dead letters of delivery, by reason."),
    RETRIES(
            "usageflow.delivery.retries",
            "counter",
            "requests",
            List.of(),
            "Requests that have to be sent again later."),
    UNCLEAR(
            "usageflow.delivery.unclear",
            "counter",
            "answers",
            List.of("reason"),
            "Answers that do not show whether Credyt has the events: undocumented words in a success, a refusal that"
                    + " may be a conflict with a known id, foreign, incomplete."),
    LOOKUPS(
            "usageflow.delivery.lookups",
            "counter",
            "requests",
            List.of("result"),
            "Events that Credyt was asked for since an answer did not say whether it has them: found,"
                    + " absent, unclear."),
    FUNDS_PROBES(
            "usageflow.delivery.funds.probes",
            "counter",
            "requests",
            List.of("result"),
            "Requests of customers that lacked funds, to see whether they have some now: accepted, refused."),
    FRESHNESS(
            "usageflow.delivery.freshness",
            "timer",
            "seconds",
            List.of(),
            "From the moment at which Kafka appended a published event until Credyt had accepted it, with the time"
                    + " that it was parked or replayed in between."),
    SETTLED(
            "usageflow.delivery.settled",
            "counter",
            "events",
            List.of(),
            "Events whose receipt or dead letter and offset were committed."),
    SETTLEMENTS(
            "usageflow.delivery.settlements",
            "timer",
            "seconds",
            List.of("outcome"),
            "Transactions of receipts, dead letters, counters and offsets: committed, aborted."),
    EXPIRED_UNREAD(
            "usageflow.delivery.expired.unread",
            "counter",
            "records",
            List.of(),
            "Deliverable records, at most, that Kafka deleted before delivery read them. More than 0 is lost usage."),
    LOGS_REPLACED(
            "usageflow.delivery.logs.replaced",
            "counter",
            "partitions",
            List.of(),
            "Partitions begun at their earliest record, since usage.deliverable was made again, moved or cut."),
    IN_FLIGHT("usageflow.delivery.in.flight", "gauge", "requests", List.of(), "Requests in flight."),
    LIMIT("usageflow.delivery.limit", "gauge", "requests", List.of(), "Requests that may be in flight now."),
    CIRCUIT(
            "usageflow.delivery.circuit",
            "gauge",
            "",
            List.of("cause"),
            "1 while nothing is sent to Credyt but a probe now and then, by cause; otherwise 0."),
    OUTSTANDING("usageflow.delivery.outstanding", "gauge", "events", List.of(), "Events read and not settled."),
    OUTSTANDING_BYTES(
            "usageflow.delivery.outstanding.bytes", "gauge", "bytes", List.of(), "Memory that they take, roughly."),
    HELD(
            "usageflow.delivery.held",
            "gauge",
            "events",
            List.of(),
            "Settled events that wait for an older one of their partition to be committed."),
    OLDEST_AGE(
            "usageflow.delivery.oldest.age",
            "gauge",
            "seconds",
            List.of(),
            "How long ago the oldest event that is not settled was admitted; 0 where there is none."),
    LAG(
            "usageflow.delivery.lag",
            "gauge",
            "records",
            List.of(),
            "Deliverable records not read yet, in the partitions this instance has."),
    FAILING_CUSTOMERS(
            "usageflow.delivery.failing.customers",
            "gauge",
            "customers",
            List.of(),
            "Customers whose last delivery failed."),
    BLOCKED_CUSTOMERS(
            "usageflow.delivery.blocked.customers",
            "gauge",
            "customers",
            List.of(),
            "Of the failing customers, those whose events become dead letters until one of them is accepted."),
    UNFUNDED_CUSTOMERS(
            "usageflow.delivery.unfunded.customers",
            "gauge",
            "customers",
            List.of(),
            "Customers whose events wait because Credyt refuses them for lack of funds. They are no failing"
                    + " customers."),
    UNFUNDED_EVENTS(
            "usageflow.delivery.unfunded.events",
            "gauge",
            "events",
            List.of(),
            "Events in memory that wait for these customers."),
    UNFUNDED_ALL(
            "usageflow.delivery.unfunded.all",
            "gauge",
            "",
            List.of(),
            "1 while every customer that is tried is refused for lack of funds and nothing is accepted, as with an"
                    + " unpaid account of the operator's; otherwise 0."),
    SURGE(
            "usageflow.delivery.surge",
            "gauge",
            "",
            List.of(),
            "1 while more events that Credyt refused, or whose customers fail, want to become dead letters than"
                    + " delivery.surge.max.dead.letters allows, and wait; otherwise 0."),
    TRANSACTION_STUCK(
            "usageflow.delivery.transaction.stuck",
            "gauge",
            "seconds",
            List.of(),
            "How long a transaction that does not end has kept delivery from reading a partition; 0 where none does."),
    RETENTION_LEFT(
            "usageflow.delivery.retention.left",
            "gauge",
            "seconds",
            List.of(),
            "Until Kafka deletes the oldest event that is not settled, by the topic's retention.ms;"
                    + " +Inf where none waits" + " or none is ever deleted.");

    @SuppressWarnings("ImmutableEnumChecker") // it copies its list
    private final Description description;

    DeliveryMeter(String meterName, String kind, String unit, List<String> tags, String doc) {
        description = new Description(meterName, kind, unit, tags, doc);
    }

    @Override
    public Description description() {
        return description;
    }
}
