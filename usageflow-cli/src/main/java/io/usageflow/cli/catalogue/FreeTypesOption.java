package io.usageflow.cli.catalogue;

import io.usageflow.forwarder.config.CatalogueSettings;
import java.util.LinkedHashSet;
import java.util.Set;
import picocli.CommandLine.Option;

/** The event types that need no price: those of the settings, and those that a command adds. */
final class FreeTypesOption {
    @Option(
            names = "--free",
            paramLabel = "TYPE",
            split = ",",
            description = "Event types that are sent for tracking only and need no price, besides those of "
                    + CatalogueSettings.FREE_EVENT_TYPES + " (cost_recorded by default).")
    private Set<String> free = Set.of();

    Set<String> with(CatalogueSettings settings) {
        Set<String> all = new LinkedHashSet<>(free);
        all.addAll(settings.freeEventTypes());
        return all;
    }
}
