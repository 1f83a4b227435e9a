package io.usageflow.forwarder.config;

import io.usageflow.forwarder.config.ConfigSources.Given;
import io.usageflow.forwarder.config.ConfigSources.References;
import io.usageflow.schema.text.Suggestion;
import io.usageflow.schema.topic.Topics;
import io.usageflow.schema.topic.Topics.TopicSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All settings of a process, one immutable record per part. Always valid.
 *
 * @param effective all of them for people, without secrets
 */
public record Settings(
        KafkaSettings kafka,
        RegistrySettings registry,
        TopicSettings topics,
        ProcessSettings process,
        AdminSettings admin,
        AdmissionSettings admission,
        CredytSettings credyt,
        CatalogueSettings catalogue,
        DeliverySettings delivery,
        ReplaySettings replay,
        BalanceSettings balances,
        BillingSampleSettings billingSamples,
        List<EffectiveSetting> effective) {

    private static final Logger LOG = LoggerFactory.getLogger(Settings.class);

    /** Keys with these prefixes go to the libraries they name, unchecked and without the prefix. */
    static final List<String> PASSED_THROUGH =
            List.of(KafkaSettings.CLIENT_PREFIX, KafkaSettings.STREAMS_PREFIX, RegistrySettings.PREFIX);

    /** Keys of earlier versions, with the key that has taken their place. They are still accepted, without effect. */
    private static final Map<String, String> REPLACED = Map.of(
            "admission.commit.interval", ProcessSettings.LATENCY_TARGET,
            "admission.commit.interval.max", ProcessSettings.LATENCY_TARGET,
            "delivery.settle.interval", ProcessSettings.LATENCY_TARGET,
            "delivery.settle.interval.max", ProcessSettings.LATENCY_TARGET);

    /** All keys, by part, in the order of an event's path. */
    public static ConfigDef definition() {
        var def = new ConfigDef();
        KafkaSettings.define(def);
        RegistrySettings.define(def);
        TopicSettings.define(def);
        ProcessSettings.define(def);
        AdminSettings.define(def);
        AdmissionSettings.define(def);
        CredytSettings.define(def);
        CatalogueSettings.define(def);
        DeliverySettings.define(def);
        ReplaySettings.define(def);
        BalanceSettings.define(def);
        BillingSampleSettings.define(def);
        return def;
    }

    /**
     * Reads and checks all settings.
     *
     * @throws SettingsException with all problems of sources, keys and values
     */
    public static Settings load(ConfigSources sources) {
        var problems = new ArrayList<>(sources.problems());
        ConfigDef def = definition();
        Map<String, Given> entries = new TreeMap<>(sources.entries());
        var known = new LinkedHashMap<String, String>();
        var passedThrough = new LinkedHashMap<String, String>();
        References.resolve(entries, problems).forEach((key, value) -> {
            if (def.names().contains(key)) {
                known.put(key, value);
            } else if (REPLACED.containsKey(key)) {
                LOG.warn("event=setting_without_effect key={} action=\"set {} instead\"", key, REPLACED.get(key));
            } else if (PASSED_THROUGH.stream().anyMatch(prefix -> key.startsWith(prefix) && !key.equals(prefix))) {
                passedThrough.put(key, value);
            } else {
                problems.add(unknown(key, entries, def));
            }
        });
        for (ConfigValue value : def.validate(known)) {
            // Only the first: Kafka also reports a value of the wrong type as missing.
            value.errorMessages().stream()
                    .limit(1)
                    .forEach(message -> problems.add(message + origin(value.name(), entries)));
        }
        if (problems.isEmpty()) {
            try {
                return from(
                        new AbstractConfig(def, known, false),
                        passedThrough,
                        EffectiveSetting.of(def, entries, known, passedThrough));
            } catch (ConfigException inconsistent) {
                problems.add(String.valueOf(inconsistent.getMessage()));
            }
        }
        throw new SettingsException(problems);
    }

    /** Whether the key exists, or its prefix passes it to a library. */
    public static boolean knows(String key) {
        return definition().names().contains(key) || PASSED_THROUGH.stream().anyMatch(key::startsWith);
    }

    /** How long an event's id is remembered; receipts are kept as long. */
    public Duration dedupWindow() {
        return admission.guard().window();
    }

    /** The bounds of records that are read and written. */
    public RecordBounds recordBounds() {
        return RecordBounds.of(admission.guard().eventBytesMax());
    }

    /** The topics that must exist, in the order of an event's path. */
    public List<TopicSpec> topicSpecs() {
        Topics names = topics.names();
        return names.specs(topics.partitions(), dedupWindow(), recordBounds().writtenBytesMax()).stream()
                .filter(spec -> balances.enabled() || !spec.name().equals(names.balances()))
                .toList();
    }

    /**
     * Checks the settings that only a running forwarder needs; other commands do without them.
     *
     * @throws SettingsException if something is missing
     */
    public void requireForwarding() {
        admin.requireToken();
        if (process.roles().contains(Role.ADMISSION)
                && admission.unbillable().isGate()
                && (!catalogue.enabled() || credyt.apiKey().isMissing())) {
            throw new SettingsException(List.of(AdmissionSettings.UNBILLABLE + " is not pass, so admission needs"
                    + " Credyt's catalogue: set " + CatalogueSettings.ENABLED + "=true, and " + CredytSettings.API_KEY
                    + " or " + CredytSettings.API_KEY_FILE));
        }
        if (process.roles().contains(Role.DELIVERY) && credyt.apiKey().isMissing()) {
            String key = CredytSettings.API_KEY;
            throw new SettingsException(List.of(key + " is missing, and the role delivery needs it: set "
                    + ConfigSources.variableOf(key) + ", or " + key + "=${file:PATH:KEY} in the configuration file, or "
                    + CredytSettings.API_KEY_FILE + " to a file that holds it;"
                    + " 'usageflow forwarder --dev' uses the stand-in that 'usageflow dev' starts"));
        }
    }

    private static Settings from(
            AbstractConfig config, Map<String, String> passedThrough, List<EffectiveSetting> effective) {
        return new Settings(
                KafkaSettings.from(config, passedThrough),
                RegistrySettings.from(config, passedThrough),
                TopicSettings.from(config),
                ProcessSettings.from(config),
                AdminSettings.from(config),
                AdmissionSettings.from(config),
                CredytSettings.from(config),
                CatalogueSettings.from(config),
                DeliverySettings.from(config),
                ReplaySettings.from(config),
                BalanceSettings.from(config),
                BillingSampleSettings.from(config),
                effective);
    }

    private static String unknown(String key, Map<String, Given> entries, ConfigDef def) {
        return "unknown key " + key + origin(key, entries)
                + Suggestion.of(key, def.names())
                        .map(nearest -> ": did you mean " + nearest + "?")
                        .orElse(": docs/configuration.md lists all keys");
    }

    private static String origin(String key, Map<String, Given> entries) {
        return Optional.ofNullable(entries.get(key))
                .map(given -> " (from " + given.origin() + ")")
                .orElse("");
    }
}
