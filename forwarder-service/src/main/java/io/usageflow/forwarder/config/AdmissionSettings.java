package io.usageflow.forwarder.config;

import io.usageflow.schema.rule.EventRules;
import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigException;

/**
 * The settings of admission. Immutable.
 *
 * @param guard what an event must keep to before its id is looked up
 * @param memory what remembering may cost
 * @param unlinked what happens where there is no link
 * @param parking how long events wait for one
 * @param engine how the stage runs
 */
public record AdmissionSettings(Guard guard, Memory memory, Unlinked unlinked, Parking parking, Engine engine) {
    private static final String GROUP = "Admission";
    private static final String WINDOW = "admission.dedup.window";
    private static final String SKEW = "admission.clock.skew";
    private static final String EVENT_BYTES = "admission.event.max.bytes";
    private static final String IDS_MAX = "admission.dedup.ids.max";
    private static final String STORE_BYTES = "admission.store.memory.max.bytes";
    private static final String CUSTOMERS = "admission.customers.unlinked";
    private static final String VENDORS = "admission.vendors.unlinked";
    private static final String PARKED_AGE = "admission.parked.max.age";
    private static final String APPLICATION_ID = "admission.application.id";
    private static final String THREADS = "admission.threads";
    private static final String COMMIT_INTERVAL = "admission.commit.interval";
    private static final String COMMIT_INTERVAL_MAX = "admission.commit.interval.max";
    private static final String LEDGER_INTERVAL = "admission.ledger.interval";
    private static final String STANDBYS = "admission.standby.replicas";

    /**
     * What admission refuses, by age and size.
     *
     * @param window for how long ids are remembered, by append time
     * @param skew by how much the clocks of producers and brokers may differ; less than half the window
     * @param eventBytesMax of an event as it stands in Kafka
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
     * @param idsMax of one partition; 11 to 26 bytes of heap and 40 of disk each
     * @param storeBytesMax of memory outside the heap that all stores of the process share
     */
    public record Memory(long idsMax, long storeBytesMax) {}

    /** What happens to an event that names a customer or a vendor without a link. */
    public record Unlinked(Policy customers, Policy vendors) {
        public enum Policy {
            /** It waits for the link. */
            PARK,
            /** The name is taken for the external id at Credyt. */
            PASSTHROUGH;

            private static Policy of(AbstractConfig config, String key) {
                return valueOf(config.getString(key).toUpperCase(Locale.ROOT));
            }
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
     * @param applicationId the Streams application id where it is not {@code <prefix>.admission}
     * @param threads at least 1
     * @param commitInterval after which a transaction with few events is committed
     * @param commitIntervalMax after which one with many is
     * @param ledgerInterval how often changed counters are published
     * @param standbys copies of the state on other instances
     */
    public record Engine(
            Optional<String> applicationId,
            int threads,
            Duration commitInterval,
            Duration commitIntervalMax,
            Duration ledgerInterval,
            int standbys) {

        /** As set, or made of the topics' prefix. Changelog topics begin with it and a hyphen. */
        public String applicationId(Topics topics) {
            return applicationId.orElse(topics.prefix() + ".admission");
        }
    }

    public static AdmissionSettings from(AbstractConfig config) {
        String applicationId = config.getString(APPLICATION_ID).strip();
        return new AdmissionSettings(
                new Guard(duration(config, WINDOW), duration(config, SKEW), config.getInt(EVENT_BYTES)),
                new Memory(config.getLong(IDS_MAX), config.getLong(STORE_BYTES)),
                new Unlinked(Unlinked.Policy.of(config, CUSTOMERS), Unlinked.Policy.of(config, VENDORS)),
                new Parking(duration(config, PARKED_AGE)),
                new Engine(
                        applicationId.isEmpty() ? Optional.empty() : Optional.of(applicationId),
                        config.getInt(THREADS),
                        duration(config, COMMIT_INTERVAL),
                        duration(config, COMMIT_INTERVAL_MAX),
                        duration(config, LEDGER_INTERVAL),
                        config.getInt(STANDBYS)));
    }

    /** Adds admission's keys. */
    public static ConfigDef define(ConfigDef def) {
        return defineEngine(definePolicies(defineMemory(defineGuard(def))));
    }

    private static ConfigDef defineGuard(ConfigDef def) {
        return def.define(
                        WINDOW,
                        ConfigDef.Type.STRING,
                        "35d",
                        DurationText.between(Duration.ofMinutes(1), Duration.ofDays(366)),
                        Importance.HIGH,
                        "How long an event's id is remembered, counted in append time. A repeat within it is a duplicate; an"
                                + " event older than the window less the clock skew becomes a TOO_OLD dead letter, because"
                                + " a repeat could not be told from a first. Memory and disk grow with it. Stripe accepts"
                                + " usage 35 days old, so a shorter window suits few.",
                        GROUP,
                        1,
                        ConfigDef.Width.MEDIUM,
                        WINDOW)
                .define(
                        SKEW,
                        ConfigDef.Type.STRING,
                        "1h",
                        DurationText.between(Duration.ZERO, Duration.ofDays(7)),
                        Importance.MEDIUM,
                        "By how much the clocks of producers and brokers may differ. An event later than its append"
                                + " time plus this becomes an IN_FUTURE dead letter. Less than half of " + WINDOW + ".",
                        GROUP,
                        2,
                        ConfigDef.Width.MEDIUM,
                        SKEW)
                .define(
                        EVENT_BYTES,
                        ConfigDef.Type.INT,
                        EventRules.EVENT_BYTES_MAX,
                        ConfigDef.Range.between(1024, 8 * 1024 * 1024),
                        Importance.LOW,
                        "The largest event, in bytes as it stands in Kafka; a larger one becomes a TOO_LARGE dead"
                                + " letter. The deliverable and dead-letter topics must take records larger than this.",
                        GROUP,
                        3,
                        ConfigDef.Width.MEDIUM,
                        EVENT_BYTES);
    }

    private static ConfigDef defineMemory(ConfigDef def) {
        return def.define(
                        IDS_MAX,
                        ConfigDef.Type.LONG,
                        20_000_000L,
                        ConfigDef.Range.between(1000, 1_000_000_000),
                        Importance.MEDIUM,
                        "How many ids one partition remembers, at most: each costs 11 to 26 bytes of heap in the instance"
                                + " that has the partition, and 40 bytes of its disk. Where more come within the window,"
                                + " the oldest are forgotten early: nothing is admitted twice, but older events become"
                                + " TOO_OLD sooner, and usageflow_admission_dedup_window_seconds tells. Ids younger than"
                                + " twice " + SKEW + " are kept in any case.",
                        GROUP,
                        4,
                        ConfigDef.Width.MEDIUM,
                        IDS_MAX)
                .define(
                        STORE_BYTES,
                        ConfigDef.Type.LONG,
                        128L * 1024 * 1024,
                        ConfigDef.Range.atLeast(16 * 1024 * 1024),
                        Importance.LOW,
                        "Memory outside the heap that RocksDB may use for the stores of all partitions together, in"
                                + " bytes: block cache and write buffers.",
                        GROUP,
                        5,
                        ConfigDef.Width.MEDIUM,
                        STORE_BYTES);
    }

    private static ConfigDef definePolicies(ConfigDef def) {
        ConfigDef.Validator policies = ConfigDef.CaseInsensitiveValidString.in("park", "passthrough");
        return def.define(
                        CUSTOMERS,
                        ConfigDef.Type.STRING,
                        "park",
                        policies,
                        Importance.HIGH,
                        "What happens to an event whose account has no customer link and that names no customer itself:"
                                + " park lets it wait for the link; passthrough takes the account for the"
                                + " customer_external_id at Credyt.",
                        GROUP,
                        6,
                        ConfigDef.Width.MEDIUM,
                        CUSTOMERS)
                .define(
                        VENDORS,
                        ConfigDef.Type.STRING,
                        "passthrough",
                        policies,
                        Importance.MEDIUM,
                        "What happens to an event with a cost whose vendor has no link: passthrough takes the vendor's"
                                + " name for the vendor_external_id at Credyt; park lets it wait for the link.",
                        GROUP,
                        7,
                        ConfigDef.Width.MEDIUM,
                        VENDORS)
                .define(
                        PARKED_AGE,
                        ConfigDef.Type.STRING,
                        "7d",
                        DurationText.between(Duration.ofSeconds(1), Duration.ofDays(366)),
                        Importance.MEDIUM,
                        "How long an event waits for a link before it becomes an UNMAPPED_CUSTOMER or UNMAPPED_VENDOR"
                                + " dead letter.",
                        GROUP,
                        8,
                        ConfigDef.Width.MEDIUM,
                        PARKED_AGE);
    }

    private static ConfigDef defineEngine(ConfigDef def) {
        return def.define(
                        APPLICATION_ID,
                        ConfigDef.Type.STRING,
                        "",
                        Importance.LOW,
                        "Kafka Streams application id: consumer group, transactional ids, changelog topics and the state"
                                + " folder are named after it. Default: the topics' prefix and '.admission'. A new one"
                                + " starts with empty memory, and admits again what it has not seen.",
                        GROUP,
                        9,
                        ConfigDef.Width.MEDIUM,
                        APPLICATION_ID)
                .define(
                        THREADS,
                        ConfigDef.Type.INT,
                        2,
                        ConfigDef.Range.between(1, 64),
                        Importance.MEDIUM,
                        "Threads of this instance; more than there are partitions are idle.",
                        GROUP,
                        10,
                        ConfigDef.Width.MEDIUM,
                        THREADS)
                .define(
                        COMMIT_INTERVAL,
                        ConfigDef.Type.STRING,
                        "20ms",
                        DurationText.between(Duration.ofMillis(5), Duration.ofSeconds(5)),
                        Importance.LOW,
                        "After how long a transaction is committed while few events come: half of it, and the commit itself,"
                                + " is the latency that admission adds.",
                        GROUP,
                        11,
                        ConfigDef.Width.MEDIUM,
                        COMMIT_INTERVAL)
                .define(
                        COMMIT_INTERVAL_MAX,
                        ConfigDef.Type.STRING,
                        "100ms",
                        DurationText.between(Duration.ofMillis(5), Duration.ofSeconds(5)),
                        Importance.LOW,
                        "The same while many come, such as a backlog: fewer and larger transactions, which cost the"
                                + " broker much less.",
                        GROUP,
                        12,
                        ConfigDef.Width.MEDIUM,
                        COMMIT_INTERVAL_MAX)
                .define(
                        LEDGER_INTERVAL,
                        ConfigDef.Type.STRING,
                        "1s",
                        DurationText.between(Duration.ofMillis(50), Duration.ofMinutes(5)),
                        Importance.LOW,
                        "How often the ledger topic gets the counters of a partition whose counters have changed.",
                        GROUP,
                        13,
                        ConfigDef.Width.MEDIUM,
                        LEDGER_INTERVAL)
                .define(
                        STANDBYS,
                        ConfigDef.Type.INT,
                        1,
                        ConfigDef.Range.between(0, 3),
                        Importance.LOW,
                        "Copies of the state kept ready on other instances, so that a takeover need not restore it."
                                + " No effect with one instance.",
                        GROUP,
                        14,
                        ConfigDef.Width.MEDIUM,
                        STANDBYS);
    }

    private static Duration duration(AbstractConfig config, String key) {
        return DurationText.parse(key, config.getString(key));
    }
}
