package io.usageflow.cli.command;

import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.KafkaSettings;
import io.usageflow.forwarder.config.RegistrySettings;
import io.usageflow.forwarder.config.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which every command that talks to Kafka takes its settings. */
public final class SettingsOptions {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "Properties file with settings; USAGEFLOW_CONFIG names it too. docs/configuration.md lists the"
                            + " keys.")
    private @Nullable Path config;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "One setting; beats file and environment. May be given several times.")
    private List<String> assignments = new ArrayList<>();

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = "Short for --set kafka.bootstrap.servers=...; the broker of 'usageflow dev' by default.")
    private @Nullable String bootstrapServers;

    @Option(
            names = "--schema-registry",
            paramLabel = "URL",
            description = "Short for --set schema.registry.url=...; the registry of 'usageflow dev' by default.")
    private @Nullable String schemaRegistry;

    /** File, environment, {@code --set}, then the short forms. */
    public ConfigSources over(ConfigSources defaults, Map<String, String> environment) {
        ConfigSources sources = defaults;
        String named = environment.get("USAGEFLOW_CONFIG");
        if (config != null) {
            sources = sources.withFile(config);
        } else if (named != null && !named.isBlank()) {
            sources = sources.withFile(Path.of(named));
        }
        sources = sources.withEnvironment(environment).withAssignments(assignments);
        if (bootstrapServers != null) {
            sources = sources.with(KafkaSettings.BOOTSTRAP_SERVERS, bootstrapServers, "--bootstrap-servers");
        }
        if (schemaRegistry != null) {
            sources = sources.with(RegistrySettings.URL, schemaRegistry, "--schema-registry");
        }
        return sources;
    }

    /** Takes out the assignments that are meant for something else than settings, such as the fixes of a replay. */
    public List<String> takeAssignments(Predicate<String> meant) {
        List<String> taken = assignments.stream().filter(meant).toList();
        assignments = assignments.stream().filter(meant.negate()).toList();
        return taken;
    }

    public Settings load(Map<String, String> environment) {
        return Settings.load(over(ConfigSources.none(), environment));
    }
}
