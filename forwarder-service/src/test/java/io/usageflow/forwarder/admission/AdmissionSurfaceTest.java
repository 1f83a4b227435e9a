package io.usageflow.forwarder.admission;

import static io.usageflow.forwarder.testing.PublicSurface.requireUnchanged;

import io.usageflow.forwarder.admission.check.AccountPartitioner;
import io.usageflow.forwarder.admission.parking.ParkedPage;
import io.usageflow.forwarder.admission.parking.ParkedQuery.ParkedAccounts;
import io.usageflow.forwarder.testing.JsonShape;
import io.usageflow.forwarder.testing.SampleValues;
import io.usageflow.forwarder.topics.Changelogs;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdmissionSurfaceTest {
    @TempDir
    Path stateDir;

    @Test
    void shouldKeepStoresAndTheirChangelogs() {
        var names = new ArrayList<String>();
        try (AdmissionDriver admission = new AdmissionDriver(stateDir)) {
            admission.storeNames().forEach(store -> names.add("store " + store));
        }
        Changelogs.names("usage.admission").forEach(changelog -> names.add("changelog " + changelog));

        requireUnchanged("Stores and changelogs of admission", names);
    }

    @Test
    void shouldKeepThePageOfParkedEvents() {
        var source = Optional.of(new ParkedPage.Source(
                (account, limit) -> SampleValues.of(ParkedAccounts.class).get(0), new AccountPartitioner(2)));
        var page = new ParkedPage(() -> source, () -> SampleValues.TEXT, () -> Instant.EPOCH);

        requireUnchanged("Routes of the admin port, admission", List.of(page.path() + "?account=&limit="));
        requireUnchanged(
                "JSON of the admin port, parked events",
                JsonShape.of(List.of(page.answer(Map.of("account", List.of(SampleValues.TEXT), "limit", List.of("1")))
                        .body())));
    }
}
