package io.usageflow.forwarder.console;

import static io.usageflow.forwarder.testing.PublicSurface.requireUnchanged;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.deadletter.KnownMarks;
import io.usageflow.forwarder.observe.HealthReport;
import io.usageflow.forwarder.observe.WebPage;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConsoleSurfaceTest {
    /** People keep bookmarks. */
    @Test
    void shouldKeepTheAddressesOfPages() {
        Settings settings = Settings.load(ConfigSources.none());
        try (var marks = new KnownMarks(settings);
                Console console = Console.start(
                        settings,
                        marks,
                        Optional::empty,
                        () -> HealthReport.of(List.of()),
                        List.of(),
                        new SimpleMeterRegistry())) {
            requireUnchanged(
                    "Routes of the console",
                    console.pages().stream().map(WebPage::path).toList());
        }
    }
}
