package io.usageflow.forwarder.config;

import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/** The settings of delivery. Immutable; always valid. */
public record DeliverySettings(
        Batching batching,
        InFlight inFlight,
        Buffer buffer,
        Retrying retrying,
        StepAside stepAside,
        Settling settling) {
    public static final String ORDER = "delivery.order";
    public static final String BATCH_EVENTS = "delivery.batch.max.events";
    public static final String BATCH_BYTES = "delivery.batch.max.bytes";
    public static final String IN_FLIGHT_MAX = "delivery.max.in.flight";
    public static final String IN_FLIGHT_START = "delivery.start.in.flight";
    public static final String RECORDS_MAX = "delivery.max.records";
    public static final String BYTES_MAX = "delivery.max.bytes";
    public static final String PARTITION_RECORDS_MAX = "delivery.partition.max.records";
    public static final String PARTITION_BYTES_MAX = "delivery.partition.max.bytes";
    public static final String HELD_RECORDS_MAX = "delivery.partition.max.held.records";
    public static final String HELD_BYTES_MAX = "delivery.partition.max.held.bytes";
    public static final String RETRY_MIN = "delivery.retry.min";
    public static final String RETRY_MAX = "delivery.retry.max";
    public static final String RETRY_AFTER_MAX = "delivery.retry.after.max";
    public static final String LOOKUPS_PER_SECOND = "delivery.lookups.per.second";
    public static final String CIRCUIT_FAILURES = "delivery.circuit.failures";
    public static final String CIRCUIT_WAIT_MIN = "delivery.circuit.wait.min";
    public static final String CIRCUIT_WAIT_MAX = "delivery.circuit.wait.max";
    public static final String UNKNOWN_BUDGET = "delivery.customer.unknown.budget";
    public static final String FAILING_BUDGET = "delivery.customer.failing.budget";
    public static final String UNFUNDED_BUDGET = "delivery.customer.unfunded.budget";
    public static final String OUTAGE_DEADLINE = "delivery.outage.deadline";
    public static final String SURGE_MAX = "delivery.surge.max.dead.letters";
    public static final String SETTLE_RECORDS = "delivery.settle.max.records";
    public static final String REVOKE_TIMEOUT = "delivery.revoke.timeout";
    public static final String GROUP_ID = "delivery.group.id";
    private static final int MIB = 1024 * 1024;

    /** How many of a customer's requests may be in flight. */
    public enum Order {
        /** One request in flight per customer: its events arrive in order. */
        CUSTOMER,
        /** Several: faster for one very busy customer, without order. */
        NONE
    }

    /**
     * How events form requests.
     *
     * @param eventsMax events in a request, at least 1
     * @param bytesMax bytes of a request's events; one event alone may be larger
     */
    public record Batching(Order order, int eventsMax, int bytesMax) {}

    /**
     * The limits of requests in flight.
     *
     * @param start requests in flight at first, 1..max
     */
    public record InFlight(int start, int max) {}

    /**
     * Bounds of memory. Records are outstanding until they are settled. Settled records are held while they wait for an
     * older record of their partition, and then committed.
     *
     * @param bytesMax of outstanding records, and about as many of held ones, of all partitions
     */
    public record Buffer(
            int recordsMax,
            long bytesMax,
            int partitionRecordsMax,
            long partitionBytesMax,
            int heldRecordsMax,
            long heldBytesMax) {}

    /**
     * Waits after a failure.
     *
     * @param min first wait at least
     * @param max longest wait of our own
     * @param retryAfterMax longest wait that Credyt may ask for
     * @param lookupsPerSecond limit of lookups at Credyt for events whose answer was unclear
     */
    public record Retrying(Duration min, Duration max, Duration retryAfterMax, int lookupsPerSecond, Circuit circuit) {}

    /**
     * When events become dead letters although nothing is wrong with them.
     *
     * @param unknownBudget how long a customer may be unknown
     * @param failingBudget how long one customer may fail, while others do not
     * @param unfundedBudget how long a customer may lack funds, while others are accepted; empty: no limit
     * @param outageDeadline how long an event may wait for Credyt in an outage; empty: no limit
     * @param surgeMax dead letters allowed without successes of other events in between; 0: no limit
     */
    public record StepAside(
            Duration unknownBudget,
            Duration failingBudget,
            Optional<Duration> unfundedBudget,
            Optional<Duration> outageDeadline,
            int surgeMax) {}

    /**
     * When the circuit opens, and for how long.
     *
     * @param failures in a row that open the circuit, at least 1
     */
    public record Circuit(int failures, Duration waitMin, Duration waitMax) {}

    /**
     * When outcomes are committed.
     *
     * @param interval between two transactions while few events are delivered
     * @param recordsMax records of a partition in one transaction
     * @param revokeTimeout how long requests in flight may take to finish when a partition is given up
     * @param groupId of the consumer group; empty for the topics' prefix with {@code -delivery}
     */
    public record Settling(Duration interval, int recordsMax, Duration revokeTimeout, String groupId) {
        /** The longest time that a receipt waits for others. */
        public static final Duration INTERVAL_MAX = Duration.ofSeconds(1);

        private static final int LATENCY_TARGETS = 10;

        static Duration interval(Duration latencyTarget) {
            Duration wanted = latencyTarget.multipliedBy(LATENCY_TARGETS);
            return wanted.compareTo(INTERVAL_MAX) < 0 ? wanted : INTERVAL_MAX;
        }

        /** The consumer group under this prefix. */
        public String group(Topics topics) {
            return groupId.isEmpty() ? topics.prefix() + "-delivery" : groupId;
        }
    }

    /** Adds delivery's keys. */
    public static ConfigDef define(ConfigDef def) {
        return KeyGroup.of(def, "Delivery")
                .text(ORDER, "customer", ConfigDef.ValidString.in("customer", "none"))
                .doc("customer: one request in flight per customer, so its events arrive in order, unless one"
                        + " fails alone (5xx, time-out). none: several, faster for one very busy customer.")
                .number(BATCH_EVENTS, 100, 1, 10_000)
                .doc("Events in a request. There is no waiting for a batch to fill.")
                .number(BATCH_BYTES, 200 * 1024, 1024, 64 * MIB)
                .doc("Bytes of a request's events. A larger event goes alone.")
                .number(IN_FLIGHT_MAX, 256, 1, 10_000)
                .doc("Requests in flight at most. Below it the number adapts: one more as answers come, fewer when"
                        + " requests wait in a queue, half on 429, 503 and time-outs.")
                .number(IN_FLIGHT_START, 16, 1, 10_000)
                .doc("Requests in flight at first, and the fewest that a queue reduces them to.")
                .number(RECORDS_MAX, 50_000, 1, 10_000_000)
                .doc("Events in memory, read and not yet settled. Reading pauses at this number and resumes at 70 %.")
                .number(BYTES_MAX, 128 * MIB, MIB, Integer.MAX_VALUE)
                .doc("Bytes of events in memory.")
                .number(PARTITION_RECORDS_MAX, 20_000, 1, 10_000_000)
                .doc("Events in memory of one partition.")
                .number(PARTITION_BYTES_MAX, 64 * MIB, MIB, Integer.MAX_VALUE)
                .doc("Bytes of events in memory of one partition.")
                .number(HELD_RECORDS_MAX, 100_000, 1, 100_000_000)
                .doc("Receipts of one partition that wait in memory for an older event of the"
                        + " partition, such as one whose customer is being retried.")
                .number(HELD_BYTES_MAX, 64 * MIB, MIB, Integer.MAX_VALUE)
                .doc("Bytes of such receipts of one partition. Those of all partitions have a bound too: at "
                        + BYTES_MAX + ", partitions with more than their share wait.")
                .duration(RETRY_MIN, "500ms", "1ms", "1h")
                .doc("Shortest wait before a request is sent again.")
                .duration(RETRY_MAX, "5m", "1ms", "1d")
                .doc("Longest wait before a request is sent again.")
                .duration(RETRY_AFTER_MAX, "5m", "0ms", "1d")
                .doc("Longest wait that a Retry-After may ask for.")
                .number(LOOKUPS_PER_SECOND, 20, 1, 1_000)
                .doc("Lookups per second at most (GET /events/{id}), for events whose answer did not"
                        + " say whether Credyt has them.")
                .number(CIRCUIT_FAILURES, 5, 1, 10_000)
                .doc("Failed requests in a row after which nothing is sent but one probe at a time.")
                .duration(CIRCUIT_WAIT_MIN, "1s", "1ms", "1h")
                .doc("Shortest wait before a probe.")
                .duration(CIRCUIT_WAIT_MAX, "30s", "1ms", "1h")
                .doc("Longest wait before a probe.")
                .duration(UNKNOWN_BUDGET, "15m", "0ms", "35d")
                .doc("How long a customer may be unknown to Credyt before its events become dead letters"
                        + " (CUSTOMER_UNKNOWN). Time in which nothing was sent does not count.")
                .duration(FAILING_BUDGET, "15m", "0ms", "35d")
                .doc("How long one customer's events may fail, while others do not, before they become dead"
                        + " letters (CUSTOMER_BLOCKED). Survives restarts.")
                .durationOrOff(UNFUNDED_BUDGET, "1s", "35d")
                .doc("How long Credyt may refuse a customer for lack of funds, while others are accepted, before its"
                        + " events become dead letters (NO_FUNDS); off: they wait as long as memory allows, and are"
                        + " tried again at most " + RETRY_MAX + " apart. Survives restarts.")
                .durationOrOff(OUTAGE_DEADLINE, "1s", "365d")
                .doc("How long an event may wait while Credyt is away before it becomes a dead letter"
                        + " (CREDYT_UNAVAILABLE), counted from its admission; off: it waits in"
                        + " Kafka without a limit. A refused API key is never a reason.")
                .number(SURGE_MAX, 10_000, 0, 10_000_000)
                .doc("Dead letters that Credyt's answers and failing customers may cause beyond the number of"
                        + " events that Credyt accepts meanwhile; a tenth of this number after a start."
                        + " Events above it wait, and an alert fires, so that neither a broken Credyt"
                        + " nor a deploy that makes all events wrong can flood"
                        + " the dead letters. 0: no limit.")
                .number(SETTLE_RECORDS, 10_000, 1, 1_000_000)
                .doc("Records of a partition in one such transaction.")
                .duration(REVOKE_TIMEOUT, "10s", "0ms", "4m")
                .doc("How long requests in flight may take to finish when a partition goes to another instance.")
                .text(GROUP_ID, "", new ConfigDef.NonNullValidator())
                .doc("Consumer group of delivery; empty for the topics' prefix with -delivery.")
                .definition();
    }

    /**
     * Reads the settings of delivery.
     *
     * @throws ConfigException where values contradict each other
     */
    public static DeliverySettings from(AbstractConfig config) {
        int inFlightMax = config.getInt(IN_FLIGHT_MAX);
        return new DeliverySettings(
                new Batching(
                        Order.valueOf(config.getString(ORDER).toUpperCase(Locale.ROOT)),
                        config.getInt(BATCH_EVENTS),
                        config.getInt(BATCH_BYTES)),
                new InFlight(Math.min(config.getInt(IN_FLIGHT_START), inFlightMax), inFlightMax),
                new Buffer(
                        config.getInt(RECORDS_MAX),
                        config.getInt(BYTES_MAX),
                        config.getInt(PARTITION_RECORDS_MAX),
                        config.getInt(PARTITION_BYTES_MAX),
                        config.getInt(HELD_RECORDS_MAX),
                        config.getInt(HELD_BYTES_MAX)),
                retrying(config),
                new StepAside(
                        KeyGroup.duration(config, UNKNOWN_BUDGET),
                        KeyGroup.duration(config, FAILING_BUDGET),
                        KeyGroup.durationOrOff(config, UNFUNDED_BUDGET),
                        KeyGroup.durationOrOff(config, OUTAGE_DEADLINE),
                        config.getInt(SURGE_MAX)),
                new Settling(
                        Settling.interval(KeyGroup.duration(config, ProcessSettings.LATENCY_TARGET)),
                        config.getInt(SETTLE_RECORDS),
                        KeyGroup.duration(config, REVOKE_TIMEOUT),
                        config.getString(GROUP_ID).strip()));
    }

    private static Retrying retrying(AbstractConfig config) {
        var retrying = new Retrying(
                KeyGroup.duration(config, RETRY_MIN),
                KeyGroup.duration(config, RETRY_MAX),
                KeyGroup.duration(config, RETRY_AFTER_MAX),
                config.getInt(LOOKUPS_PER_SECOND),
                new Circuit(
                        config.getInt(CIRCUIT_FAILURES),
                        KeyGroup.duration(config, CIRCUIT_WAIT_MIN),
                        KeyGroup.duration(config, CIRCUIT_WAIT_MAX)));
        ordered(RETRY_MIN, retrying.min(), RETRY_MAX, retrying.max());
        ordered(
                CIRCUIT_WAIT_MIN,
                retrying.circuit().waitMin(),
                CIRCUIT_WAIT_MAX,
                retrying.circuit().waitMax());
        return retrying;
    }

    private static void ordered(String lowKey, Duration low, String highKey, Duration high) {
        if (low.compareTo(high) > 0) {
            throw new ConfigException(lowKey + " is " + DurationText.write(low) + ", above " + highKey + " with "
                    + DurationText.write(high) + ": lower the one or raise the other");
        }
    }
}
