package io.usageflow.forwarder.config;

import static io.usageflow.forwarder.config.DeliverySettings.BATCH_BYTES;
import static io.usageflow.forwarder.config.DeliverySettings.BATCH_EVENTS;
import static io.usageflow.forwarder.config.DeliverySettings.BYTES_MAX;
import static io.usageflow.forwarder.config.DeliverySettings.CIRCUIT_FAILURES;
import static io.usageflow.forwarder.config.DeliverySettings.CIRCUIT_WAIT_MAX;
import static io.usageflow.forwarder.config.DeliverySettings.CIRCUIT_WAIT_MIN;
import static io.usageflow.forwarder.config.DeliverySettings.FAILING_BUDGET;
import static io.usageflow.forwarder.config.DeliverySettings.GROUP_ID;
import static io.usageflow.forwarder.config.DeliverySettings.HELD_BYTES_MAX;
import static io.usageflow.forwarder.config.DeliverySettings.HELD_RECORDS_MAX;
import static io.usageflow.forwarder.config.DeliverySettings.IN_FLIGHT_MAX;
import static io.usageflow.forwarder.config.DeliverySettings.IN_FLIGHT_START;
import static io.usageflow.forwarder.config.DeliverySettings.LOOKUPS_PER_SECOND;
import static io.usageflow.forwarder.config.DeliverySettings.ORDER;
import static io.usageflow.forwarder.config.DeliverySettings.OUTAGE_DEADLINE;
import static io.usageflow.forwarder.config.DeliverySettings.PARTITION_BYTES_MAX;
import static io.usageflow.forwarder.config.DeliverySettings.PARTITION_RECORDS_MAX;
import static io.usageflow.forwarder.config.DeliverySettings.RECORDS_MAX;
import static io.usageflow.forwarder.config.DeliverySettings.RETRY_AFTER_MAX;
import static io.usageflow.forwarder.config.DeliverySettings.RETRY_MAX;
import static io.usageflow.forwarder.config.DeliverySettings.RETRY_MIN;
import static io.usageflow.forwarder.config.DeliverySettings.REVOKE_TIMEOUT;
import static io.usageflow.forwarder.config.DeliverySettings.SETTLE_INTERVAL;
import static io.usageflow.forwarder.config.DeliverySettings.SETTLE_INTERVAL_MAX;
import static io.usageflow.forwarder.config.DeliverySettings.SETTLE_RECORDS;
import static io.usageflow.forwarder.config.DeliverySettings.SURGE_MAX;
import static io.usageflow.forwarder.config.DeliverySettings.UNKNOWN_BUDGET;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

import java.time.Duration;
import org.apache.kafka.common.config.ConfigDef;

/** Delivery's keys: type, default, bounds and what they do. Their names stand in {@link DeliverySettings}. */
final class DeliveryKeys {
    private static final String GROUP = "Delivery";
    private static final int MIB = 1024 * 1024;

    private DeliveryKeys() {}

    static ConfigDef define(ConfigDef def) {
        defineSending(def);
        defineBuffer(def);
        defineRetrying(def);
        defineStepAside(def);
        return defineSettling(def);
    }

    private static void defineSending(ConfigDef def) {
        text(
                def,
                ORDER,
                "customer",
                ConfigDef.ValidString.in("customer", "none"),
                "customer: one request in flight"
                        + " per customer, so its events arrive in order, unless one fails alone (5xx, time-out). none: several, faster for one very busy customer.");
        number(def, BATCH_EVENTS, 100, 1, 10_000, "Events in a request. There is no waiting for a batch to fill.");
        number(def, BATCH_BYTES, 200 * 1024, 1024, 64 * MIB, "Bytes of a request's events. A larger event goes alone.");
        number(
                def,
                IN_FLIGHT_MAX,
                256,
                1,
                10_000,
                "Requests in flight at most. Below it the number adapts: one more"
                        + " as answers come, half on 429, 503 and time-outs.");
        number(def, IN_FLIGHT_START, 16, 1, 10_000, "Requests in flight at first.");
    }

    private static void defineBuffer(ConfigDef def) {
        number(
                def,
                RECORDS_MAX,
                50_000,
                1,
                10_000_000,
                "Events in memory, read and not yet settled. Reading pauses" + " there and goes on at 70 %.");
        number(def, BYTES_MAX, 128 * MIB, MIB, Integer.MAX_VALUE, "Bytes of events in memory.");
        number(def, PARTITION_RECORDS_MAX, 20_000, 1, 10_000_000, "Events in memory of one partition.");
        number(
                def,
                PARTITION_BYTES_MAX,
                64 * MIB,
                MIB,
                Integer.MAX_VALUE,
                "Bytes of events in memory of one partition.");
        number(
                def,
                HELD_RECORDS_MAX,
                100_000,
                1,
                100_000_000,
                "Receipts of one partition that wait in memory for an"
                        + " older event of it, such as one whose customer is being retried.");
        number(def, HELD_BYTES_MAX, 64 * MIB, MIB, Integer.MAX_VALUE, "Bytes of such receipts of one partition.");
    }

    private static void defineRetrying(ConfigDef def) {
        duration(def, RETRY_MIN, "500ms", "1ms", "1h", "Shortest wait before a request is sent again.");
        duration(def, RETRY_MAX, "5m", "1ms", "1d", "Longest wait before a request is sent again.");
        duration(def, RETRY_AFTER_MAX, "5m", "0ms", "1d", "Longest wait that a Retry-After may ask for.");
        number(
                def,
                LOOKUPS_PER_SECOND,
                20,
                1,
                1_000,
                "Questions in a second at most, GET /events/{id}, for events of which an answer did not say whether"
                        + " Credyt has them.");
        number(
                def,
                CIRCUIT_FAILURES,
                5,
                1,
                10_000,
                "Failed requests in a row after which nothing is sent but one" + " probe at a time.");
        duration(def, CIRCUIT_WAIT_MIN, "1s", "1ms", "1h", "Shortest wait before a probe.");
        duration(def, CIRCUIT_WAIT_MAX, "30s", "1ms", "1h", "Longest wait before a probe.");
    }

    private static void defineStepAside(ConfigDef def) {
        duration(
                def,
                UNKNOWN_BUDGET,
                "15m",
                "0ms",
                "35d",
                "How long a customer may be unknown to Credyt before its"
                        + " events become dead letters (CUSTOMER_UNKNOWN). Time in which nothing was sent does not count.");
        duration(
                def,
                FAILING_BUDGET,
                "15m",
                "0ms",
                "35d",
                "How long one customer's events may fail, while others"
                        + " do not, before they become dead letters (CUSTOMER_BLOCKED). Survives restarts.");
        text(
                def,
                OUTAGE_DEADLINE,
                OffOr.OFF,
                new OffOr(DurationText.between(Duration.ofSeconds(1), Duration.ofDays(365))),
                "How long an event may wait while Credyt is away before it becomes a dead letter"
                        + " (CREDYT_UNAVAILABLE), counted from its admission; off: it waits as long as it takes, in"
                        + " Kafka. A refused API key is never a reason.");
        number(
                def,
                SURGE_MAX,
                10_000,
                0,
                10_000_000,
                "Dead letters that Credyt's answers and failing customers may cause beyond the number of events that"
                        + " Credyt accepts meanwhile; a tenth of it after a start. What is above waits and alerts, so that"
                        + " neither a broken Credyt nor a deploy that makes all events wrong can flood the dead letters. 0:"
                        + " no bound.");
    }

    private static ConfigDef defineSettling(ConfigDef def) {
        duration(
                def,
                SETTLE_INTERVAL,
                "100ms",
                "1ms",
                "1m",
                "Time between two transactions of receipts, dead letters, counters and offsets while few events are"
                        + " delivered.");
        duration(
                def,
                SETTLE_INTERVAL_MAX,
                "500ms",
                "1ms",
                "1m",
                "The same while many are: a transaction costs the same for few events as for many. Not below "
                        + SETTLE_INTERVAL + ".");
        number(def, SETTLE_RECORDS, 10_000, 1, 1_000_000, "Records of a partition in one such transaction.");
        duration(
                def,
                REVOKE_TIMEOUT,
                "10s",
                "0ms",
                "4m",
                "How long requests in flight may take to finish when a" + " partition goes to another instance.");
        return text(
                def,
                GROUP_ID,
                "",
                new ConfigDef.NonNullValidator(),
                "Consumer group of delivery; empty for the" + " topics' prefix with -delivery.");
    }

    private static ConfigDef text(ConfigDef def, String key, String preset, ConfigDef.Validator check, String doc) {
        return def.define(
                key, ConfigDef.Type.STRING, preset, check, MEDIUM, doc, GROUP, order(def), ConfigDef.Width.MEDIUM, key);
    }

    private static void number(ConfigDef def, String key, int preset, int min, int max, String doc) {
        var range = ConfigDef.Range.between(min, max);
        def.define(key, ConfigDef.Type.INT, preset, range, LOW, doc, GROUP, order(def), ConfigDef.Width.SHORT, key);
    }

    private static void duration(ConfigDef def, String key, String preset, String min, String max, String doc) {
        var range = DurationText.between(DurationText.parse(key, min), DurationText.parse(key, max));
        def.define(key, ConfigDef.Type.STRING, preset, range, LOW, doc, GROUP, order(def), ConfigDef.Width.SHORT, key);
    }

    private static int order(ConfigDef def) {
        return def.names().size();
    }
}
