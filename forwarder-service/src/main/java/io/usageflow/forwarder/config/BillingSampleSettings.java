package io.usageflow.forwarder.config;

import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * Delivered events whose fees are compared with the catalogue. Immutable.
 *
 * @param share of the events that are not the first of their kind, from 0 to 1
 * @param requestsPerSecond limit of this process's questions to Credyt
 * @param eventsPerSecond limit of the delivered events that this process looks at
 * @param delay after the delivery, before Credyt is asked
 * @param patience after the delivery, before a difference counts
 * @param groupId of the consumer group; empty for the topics' prefix with {@code -billing-samples}
 */
public record BillingSampleSettings(
        boolean enabled,
        double share,
        int requestsPerSecond,
        int eventsPerSecond,
        Duration delay,
        Duration patience,
        String groupId) {
    public static final String ENABLED = "billing.samples.enabled";
    public static final String SHARE = "billing.samples.share";
    public static final String REQUESTS_PER_SECOND = "billing.samples.requests.per.second";
    public static final String EVENTS_PER_SECOND = "billing.samples.events.per.second";
    public static final String DELAY = "billing.samples.delay";
    public static final String PATIENCE = "billing.samples.patience";
    public static final String GROUP_ID = "billing.samples.group.id";

    /** Whether a process with these roles takes samples. */
    public boolean areTakenBy(Set<Role> roles, CatalogueSettings catalogue) {
        return enabled && catalogue.enabled() && roles.contains(Role.DELIVERY);
    }

    /** The consumer group, which commits no offsets: it only shares the partitions among processes. */
    public String group(Topics topics) {
        return groupId.isEmpty() ? topics.prefix() + "-billing-samples" : groupId;
    }

    static void define(ConfigDef def) {
        KeyGroup.of(def, "Billing samples")
                .flag(ENABLED, false)
                .doc("Whether forwarders with the role delivery ask Credyt for the fees of some delivered events and"
                        + " compare them with the catalogue. Off by default: it needs a consumer group of its own and"
                        + " two or three more questions to Credyt for each sample. Does nothing where "
                        + CatalogueSettings.ENABLED + " is false.")
                .key(SHARE, ConfigDef.Type.DOUBLE, 0.001, ConfigDef.Range.between(0, 1))
                .doc("Share of the delivered events that is sampled, besides the first of each event type and"
                        + " subscribed product versions after each change of the catalogue, which always are.")
                .number(REQUESTS_PER_SECOND, 2, 1, 1_000)
                .doc("Questions about samples per second that a process asks Credyt at most. Fewer if Credyt asks for"
                        + " it. Delivery does not wait for them; samples beyond it are dropped and counted.")
                .number(EVENTS_PER_SECOND, 1_000, 1, 1_000_000)
                .doc("Delivered events per second among which a process looks for samples, at most. Of more, the"
                        + " newest are looked at and the others are counted as skipped. 1,000 take some 1 % of a core.")
                .duration(DELAY, "5s", "0ms", "1h")
                .doc("How long after its delivery Credyt is asked for an event the first time.")
                .duration(PATIENCE, "2m", "0ms", "1d")
                .doc("How long after its delivery an event has to show the expected fees. Credyt's documents do not"
                        + " say whether fees are there at once, so only what differs then counts.")
                .text(GROUP_ID, "", new ConfigDef.NonNullValidator())
                .doc("Consumer group that shares the partitions among processes; empty for the topics' prefix with"
                        + " -billing-samples.");
    }

    static BillingSampleSettings from(AbstractConfig config) {
        return new BillingSampleSettings(
                config.getBoolean(ENABLED),
                config.getDouble(SHARE),
                config.getInt(REQUESTS_PER_SECOND),
                config.getInt(EVENTS_PER_SECOND),
                KeyGroup.duration(config, DELAY),
                KeyGroup.duration(config, PATIENCE),
                config.getString(GROUP_ID).strip());
    }
}
