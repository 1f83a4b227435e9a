package io.usageflow.forwarder.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.topics.Changelogs;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The check of the topics knows the changelog of every store, or a changed partition count could go unnoticed. */
class ChangelogNamesTopologyTest {
    @TempDir
    Path stateDir;

    @Test
    void shouldKnowTheChangelogOfEveryStore() {
        try (AdmissionDriver admission = new AdmissionDriver(stateDir)) {
            Set<String> stores = new TreeSet<>(admission.storeNames());
            stores.remove(AdmissionTopology.VENDOR_LINKS); // global: its topic is its changelog
            stores.remove(AdmissionTopology.BEFORE_COMMIT); // keeps nothing

            assertThat(stores)
                    .map(store -> "usage.admission-" + store + "-changelog")
                    .containsExactlyInAnyOrderElementsOf(Changelogs.names("usage.admission"));
        }
    }
}
