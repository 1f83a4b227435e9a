package io.usageflow.forwarder.config;

import io.usageflow.schema.rule.EventRules;
import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Validator;
import org.apache.kafka.common.config.ConfigException;

/**
 * The settings of admission. Immutable.
 *
 * @param guard limits that are checked before an event's id is looked up
 * @param senders who may bill whom
 * @param memory bounds of remembering ids
 * @param unlinked what happens to events without a link
 * @param unbillable what happens to events that Credyt would not bill
 * @param parking how long events wait for a link
 * @param engine how the stage runs
 */
public record AdmissionSettings(
        Guard guard,
        SenderRules senders,
        Memory memory,
        Unlinked unlinked,
        Unbillable unbillable,
        Parking parking,
        Engine engine) {
    public static final String UNBILLABLE = "admission.unbillable";
    private static final String WINDOW = "admission.dedup.window";
    private static final String SKEW = "admission.clock.skew";
    private static final String EVENT_BYTES = "admission.event.max.bytes";
    private static final String IDS_MAX = "admission.dedup.ids.max";
    private static final String HEAP_IDS = "admission.dedup.heap.ids";
    private static final String STORE_BYTES = "admission.store.memory.max.bytes";
    private static final String CUSTOMERS = "admission.customers.unlinked";
    private static final String VENDORS = "admission.vendors.unlinked";
    private static final String UNBILLABLE_WAIT = "admission.unbillable.max.wait";
    private static final String PARKED_AGE = "admission.parked.max.age";
    private static final String APPLICATION_ID = "admission.application.id";
    private static final String THREADS = "admission.threads";
    private static final String LEDGER_INTERVAL = "admission.ledger.interval";
    private static final String STANDBYS = "admission.standby.replicas";

    /**
     * What admission refuses, by age and size.
     *
     * @param window for how long ids are remembered, by append time
     * @param skew by how much the clocks of producers and brokers may differ; less than half the window
     * @param eventBytesMax size of an event in Kafka
     */
    public record Guard(Duration window, Duration skew, int eventBytesMax) {
        public Guard {
            if (window.compareTo(skew.multipliedBy(2)) <= 0) {
                throw new ConfigException(WINDOW + " is " + DurationText.write(window)
                        + ", which must be more than twice " + SKEW + " (" + DurationText.write(skew) + ")");
            }
        }
    }

    /**
     * The bounds of admission's memory.
     *
     * @param idsMax of one partition; about 52 bytes of disk each
     * @param heapIds of one partition in the heap, before they move to an index on disk; 16 to 32 bytes each
     * @param storeBytesMax of memory outside the heap that all stores of the process share
     */
    public record Memory(long idsMax, int heapIds, long storeBytesMax) {}

    /** What happens to an event that names a customer or a vendor without a link. */
    public record Unlinked(Policy customers, Policy vendors) {
        public enum Policy {
            /** It waits for the link. */
            PARK,
            /** The name is used as the external id at Credyt. */
            PASSTHROUGH;

            private static Policy of(AbstractConfig config, String key) {
                return valueOf(config.getString(key).toUpperCase(Locale.ROOT));
            }
        }
    }

    /**
     * What happens to an event that Credyt would accept and not bill.
     *
     * @param waitMax how long an event waits for the first reading of the catalogue, or of its customer
     */
    public record Unbillable(Treatment treatment, Duration waitMax) {
        public enum Treatment {
            /** It is admitted and counted. */
            PASS,
            /** It waits until Credyt will bill it. */
            HOLD,
            /** It becomes a dead letter. */
            DEAD_LETTER;

            private static Treatment of(AbstractConfig config) {
                return valueOf(
                        config.getString(UNBILLABLE).toUpperCase(Locale.ROOT).replace('-', '_'));
            }
        }

        /** Whether events may be kept from delivery. */
        public boolean isGate() {
            return treatment != Treatment.PASS;
        }
    }

    /**
     * How long events without a link are parked.
     *
     * @param ageMax how long an event waits before it becomes a dead letter
     */
    public record Parking(Duration ageMax) {}

    /**
     * How Kafka Streams runs admission.
     *
     * @param applicationId the Streams application id, if it is not {@code <prefix>.admission}
     * @param threads at least 1
     * @param latencyTarget how long an event may wait for others to share its transaction
     * @param ledgerInterval how often changed counters are published
     * @param standbys copies of the state on other instances
     */
    public record Engine(
            Optional<String> applicationId,
            int threads,
            Duration latencyTarget,
            Duration ledgerInterval,
            int standbys) {

        /** As set, or made of the topics' prefix. Changelog topics begin with it and a hyphen. */
        public String applicationId(Topics topics) {
            return applicationId.orElse(topics.prefix() + ".admission");
        }
    }

    public static AdmissionSettings from(AbstractConfig config) {
        return new AdmissionSettings(
                new Guard(
                        KeyGroup.duration(config, WINDOW), KeyGroup.duration(config, SKEW), config.getInt(EVENT_BYTES)),
                SenderRules.of(config.getList(SenderRules.ACCOUNTS), config.getList(SenderRules.NAMING)),
                new Memory(config.getLong(IDS_MAX), config.getInt(HEAP_IDS), config.getLong(STORE_BYTES)),
                new Unlinked(Unlinked.Policy.of(config, CUSTOMERS), Unlinked.Policy.of(config, VENDORS)),
                new Unbillable(Unbillable.Treatment.of(config), KeyGroup.duration(config, UNBILLABLE_WAIT)),
                new Parking(KeyGroup.duration(config, PARKED_AGE)),
                new Engine(
                        KeyGroup.text(config, APPLICATION_ID),
                        config.getInt(THREADS),
                        KeyGroup.duration(config, ProcessSettings.LATENCY_TARGET),
                        KeyGroup.duration(config, LEDGER_INTERVAL),
                        config.getInt(STANDBYS)));
    }

    /** Adds admission's keys. */
    public static ConfigDef define(ConfigDef def) {
        Validator policies = ConfigDef.CaseInsensitiveValidString.in("park", "passthrough");
        return KeyGroup.of(def, "Admission")
                .duration(WINDOW, "35d", "1m", "366d")
                .doc("How long an event's id is remembered, counted in append time. A repeat within it is a"
                        + " duplicate; an event older than the window less the clock skew becomes a TOO_OLD dead"
                        + " letter, because a repeat could not be told from a first. Memory and disk grow with it."
                        + " Stripe accepts usage 35 days old, so a shorter window suits few.")
                .duration(SKEW, "1h", "0ms", "7d")
                .doc("By how much the clocks of producers and brokers may differ. An event later than its append"
                        + " time plus this becomes an IN_FUTURE dead letter. Less than half of " + WINDOW + ".")
                .number(EVENT_BYTES, EventRules.EVENT_BYTES_MAX, 1024, 8 * 1024 * 1024)
                .doc("The largest event, in bytes as it is in Kafka; a larger one becomes a TOO_LARGE dead"
                        + " letter. The deliverable and dead-letter topics must take records larger than this.")
                .list(SenderRules.ACCOUNTS)
                .doc("Which services may bill which accounts: SERVICE=ACCOUNT or SERVICE=PREFIX*, such as"
                        + " chat=acct_7,chat=eu-*,*=trial-*. The service is the event's source.service; * is any,"
                        + " also none. An event that no entry allows becomes a NOT_ALLOWED dead letter. Every writer of"
                        + " the topic chooses its source.service itself: entries by service find mistakes, entries"
                        + " with * also bind a writer. Empty, the default, allows all.")
                .key(SenderRules.NAMING, ConfigDef.Type.LIST, List.of("*"), null)
                .doc("Services whose events may name a customer of Credyt's themselves (customer_id,"
                        + " customer_external_id), which beats the account's link; * is any, an empty list none. Other"
                        + " events that do become NOT_ALLOWED dead letters.")
                .key(IDS_MAX, ConfigDef.Type.LONG, 520_000_000L, ConfigDef.Range.between(1000, 4_000_000_000L))
                .doc("How many ids one partition remembers, at most: each costs about 52 bytes of disk in"
                        + " the instance that has the partition, and 41 in Kafka. The default is 35 days at 1,000"
                        + " events/s in six partitions. It is less if the volume of " + ProcessSettings.STATE_DIR
                        + " has no room for it. If more come within the"
                        + " window, the oldest are forgotten early: nothing is admitted twice, but older events"
                        + " become TOO_OLD sooner, and"
                        + " usageflow_admission_dedup_window_seconds shows it. Ids younger than twice "
                        + SKEW + " are kept in any case.")
                .number(HEAP_IDS, 500_000, 16, 16_000_000)
                .doc("How many of the latest ids of one partition are found in the heap, approximately, at 16 to 32"
                        + " bytes each. Older ones are found through files in " + ProcessSettings.STATE_DIR + "; a"
                        + " partition briefly needs twice as much heap while it writes one.")
                .key(STORE_BYTES, ConfigDef.Type.LONG, 128L * 1024 * 1024, ConfigDef.Range.atLeast(16 * 1024 * 1024))
                .doc("Memory outside the heap that RocksDB may use for the stores of all partitions together, in"
                        + " bytes: block cache and write buffers.")
                .text(CUSTOMERS, "park", policies)
                .doc("What happens to an event whose account has no customer link and that names no customer"
                        + " itself: park lets it wait for the link; passthrough uses the"
                        + " account as the customer_external_id at Credyt.")
                .text(VENDORS, "passthrough", policies)
                .doc("What happens to an event with a cost whose vendor has no link: passthrough"
                        + " uses the vendor's name as the vendor_external_id at Credyt; park"
                        + " lets it wait for the link.")
                .text(UNBILLABLE, "pass", ConfigDef.CaseInsensitiveValidString.in("pass", "hold", "dead-letter"))
                .doc("What happens to an event that Credyt would accept and charge nothing for, by its catalogue: pass"
                        + " admits and counts it; hold, recommended for production, lets it wait, in order with its"
                        + " account's later events, until the catalogue or the customer's subscription makes it"
                        + " billable; dead-letter makes it a NOT_BILLABLE dead letter. hold and dead-letter need "
                        + CatalogueSettings.ENABLED + " and " + CredytSettings.API_KEY + ".")
                .duration(UNBILLABLE_WAIT, "30s", "1s", "1h")
                .doc("How long an event waits, with hold or dead-letter, while the catalogue or its customer has never"
                        + " been read; then it is admitted and counted.")
                .duration(PARKED_AGE, "7d", "1s", "366d")
                .doc("How long an event waits for a link before it becomes an UNMAPPED_CUSTOMER or"
                        + " UNMAPPED_VENDOR dead letter; and, with " + UNBILLABLE + "=hold, to be billable before it"
                        + " becomes a NOT_BILLABLE one.")
                .text(APPLICATION_ID)
                .doc("Kafka Streams application id: consumer group, transactional ids, changelog topics and the"
                        + " state folder are named after it. Default: the topics' prefix and '.admission'. A new one"
                        + " starts with empty memory, and admits again what it has not seen.")
                .number(THREADS, 2, 1, 64)
                .doc("Threads of this instance; more than there are partitions are idle.")
                .duration(LEDGER_INTERVAL, "1s", "50ms", "5m")
                .doc("How often the ledger topic gets the counters of a partition whose counters have changed.")
                .number(STANDBYS, 1, 0, 3)
                .doc("Copies of the state kept ready on other instances, so that an instance that"
                        + " takes over need not restore it." + " No effect with one instance.")
                .definition();
    }
}
