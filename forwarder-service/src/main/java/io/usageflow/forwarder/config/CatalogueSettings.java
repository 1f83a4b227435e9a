package io.usageflow.forwarder.config;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * What the forwarder reads of Credyt's products and subscriptions. Immutable.
 *
 * @param enabled whether it reads them at all
 * @param refreshInterval between two readings of the products, and of a customer whose events come
 * @param ageMax a reading that is older is stale
 * @param customersMax customers in memory
 * @param queriesPerSecond to Credyt, of one process
 * @param freeEventTypes event types that have no price and need none
 */
public record CatalogueSettings(
        boolean enabled,
        Duration refreshInterval,
        Duration ageMax,
        int customersMax,
        int queriesPerSecond,
        Set<String> freeEventTypes) {
    public static final String ENABLED = "catalogue.enabled";
    public static final String REFRESH_INTERVAL = "catalogue.refresh.interval";
    public static final String AGE_MAX = "catalogue.max.age";
    public static final String CUSTOMERS_MAX = "catalogue.customers.max";
    public static final String QUERIES_PER_SECOND = "catalogue.queries.per.second";
    public static final String FREE_EVENT_TYPES = "catalogue.free.event.types";

    public CatalogueSettings {
        freeEventTypes = Set.copyOf(freeEventTypes);
    }

    /** Adds the keys. */
    public static ConfigDef define(ConfigDef def) {
        return KeyGroup.of(def, "Catalogue")
                .flag(ENABLED, true)
                .doc("Whether the forwarder reads Credyt's products and the customers' subscriptions, to say which"
                        + " events Credyt will bill. Needs " + CredytSettings.API_KEY + " also in a process that has"
                        + " the role admission only.")
                .duration(REFRESH_INTERVAL, "1m", "1s", "1d")
                .doc("Time between two readings of the products, and of a customer's subscriptions while events of"
                        + " the customer come.")
                .duration(AGE_MAX, "15m", "10s", "30d")
                .doc("A reading that is older is stale: health says so, and it keeps no further event from delivery.")
                .number(CUSTOMERS_MAX, 100_000, 100, 10_000_000)
                .doc("Customers whose subscriptions are kept in memory; beyond it, those whose events came longest"
                        + " ago are forgotten.")
                .number(QUERIES_PER_SECOND, 10, 1, 1000)
                .doc("Queries for products and customers that one process sends to Credyt in a second, at most.")
                .key(FREE_EVENT_TYPES, ConfigDef.Type.LIST, List.of("cost_recorded"), null)
                .doc("Event types that are sent for tracking only: they have no price and need none.")
                .definition();
    }

    static CatalogueSettings from(AbstractConfig config) {
        return new CatalogueSettings(
                config.getBoolean(ENABLED),
                KeyGroup.duration(config, REFRESH_INTERVAL),
                KeyGroup.duration(config, AGE_MAX),
                config.getInt(CUSTOMERS_MAX),
                config.getInt(QUERIES_PER_SECOND),
                Set.copyOf(config.getList(FREE_EVENT_TYPES)));
    }
}
