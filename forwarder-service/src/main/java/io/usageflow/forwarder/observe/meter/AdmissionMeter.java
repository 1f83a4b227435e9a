package io.usageflow.forwarder.observe.meter;

import java.util.List;

/**
 * Admission's meters. Their names are an interface: dashboards and alerts use them. Counters count what threads did; a
 * transaction that is aborted and repeated counts twice here, and once in the ledger, which is the exact one.
 */
public enum AdmissionMeter implements CataloguedMeter {
    EVENTS(
            "usageflow.admission.events",
            "counter",
            "events",
            List.of("outcome"),
            "What became of records: admitted, duplicate, parked, released, dead_lettered, rerouted."),
    DEAD_LETTERS(
            "usageflow.admission.dead.letters",
            "counter",
            "events",
            List.of("reason"),
            "Dead letters written by admission, by reason."),
    LINKS(
            "usageflow.admission.links",
            "counter",
            "links",
            List.of("outcome"),
            "Customer links: linked, unlinked, rerouted, refused; and vendor links that were refused,"
                    + " by each partition that" + " met them. A refused one is in the log with its reason."),
    PARKED(
            "usageflow.admission.parked",
            "gauge",
            "events",
            List.of("partition"),
            "Events that wait for a link, or to be billable, now, in the partitions this instance has."),
    PARKED_OLDEST_AGE(
            "usageflow.admission.parked.oldest.age",
            "gauge",
            "seconds",
            List.of("partition"),
            "How long the oldest of them has waited; 0 where none waits."),
    PARKED_MAX_AGE(
            "usageflow.admission.parked.max.age",
            "gauge",
            "seconds",
            List.of(),
            "admission.parked.max.age: after how long a parked event becomes a dead letter."),
    DEDUP_WINDOW(
            "usageflow.admission.dedup.window",
            "gauge",
            "seconds",
            List.of("partition"),
            "How far back repeats are told from firsts, the effective window: admission.dedup.window less"
                    + " admission.clock.skew, or less than that where ids had to be forgotten early."),
    DEDUP_WINDOW_CONFIGURED(
            "usageflow.admission.dedup.window.configured",
            "gauge",
            "seconds",
            List.of(),
            "admission.dedup.window less admission.clock.skew: what the effective window should be."),
    DEDUP_WINDOW_DAYS_LEFT(
            "usageflow.admission.dedup.window.left",
            "gauge",
            "days",
            List.of("partition"),
            "Days until the effective window shrinks if as many events come as in the last day; infinite while the"
                    + " ids of a whole window fit."),
    IDS_MAX(
            "usageflow.admission.ids.max",
            "gauge",
            "ids",
            List.of("partition"),
            "The most ids that the partition may remember now: admission.dedup.ids.max, or as many as the volume of"
                    + " state.dir has room for."),
    IDS_REMEMBERED(
            "usageflow.admission.ids.remembered",
            "gauge",
            "ids",
            List.of("partition"),
            "Ids remembered now, in the partitions this instance has. Bounded by usageflow.admission.ids.max."),
    IDS_HEAP("usageflow.admission.ids.heap", "gauge", "bytes", List.of("partition"), "Heap that finds them."),
    IDS_FORGOTTEN(
            "usageflow.admission.ids.forgotten",
            "counter",
            "ids",
            List.of("cause"),
            "Ids forgotten: window, because their time was over; room, early, because there were more than"
                    + " usageflow.admission.ids.max."),
    REGISTRY_AWAY(
            "usageflow.admission.registry.away",
            "gauge",
            "",
            List.of(),
            "1 while a thread waits for the schema registry, otherwise 0."),
    EXPIRED_UNREAD(
            "usageflow.admission.expired.unread",
            "counter",
            "records",
            List.of("topic"),
            "Records, at most, that Kafka deleted before admission read them. More than 0 is lost"
                    + " usage, or lost links."),
    LOGS_REPLACED(
            "usageflow.admission.logs.replaced",
            "counter",
            "partitions",
            List.of(),
            "Partitions begun at their earliest record, since their topic was made again or moved."),
    RETENTION_LEFT(
            "usageflow.admission.retention.left",
            "gauge",
            "seconds",
            List.of("topic"),
            "Until Kafka deletes the oldest record that was polled and not processed, by the topic's"
                    + " retention.ms; +Inf where" + " none waits or none is ever deleted."),
    OLDEST_AGE(
            "usageflow.admission.oldest.age",
            "gauge",
            "seconds",
            List.of("topic"),
            "How long ago the oldest record that was polled and not processed was appended; 0 where none waits."),
    LAST_EVENT(
            "usageflow.admission.last.event",
            "gauge",
            "seconds",
            List.of(),
            "Unix time at which the newest event that this process has read was appended; 0 before the first."),
    TRANSACTION_STUCK(
            "usageflow.admission.transaction.stuck",
            "gauge",
            "seconds",
            List.of(),
            "How long a transaction that does not end has kept admission from reading a partition; 0 where none does."),
    THREADS_REPLACED(
            "usageflow.admission.threads.replaced",
            "counter",
            "threads",
            List.of(),
            "Threads that died of a failure that may pass, and were replaced.");

    @SuppressWarnings("ImmutableEnumChecker") // it copies its list
    private final Description description;

    AdmissionMeter(String meterName, String kind, String unit, List<String> tags, String doc) {
        description = new Description(meterName, kind, unit, tags, doc);
    }

    @Override
    public Description description() {
        return description;
    }
}
