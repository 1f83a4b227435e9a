package io.usageflow.forwarder.delivery;

import static io.usageflow.forwarder.delivery.Deliverable.event;
import static io.usageflow.forwarder.delivery.Deliverable.ids;
import static io.usageflow.forwarder.delivery.DeliveryWorld.PATIENCE;
import static org.awaitility.Awaitility.await;

import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyRotationIT {
    @TempDir
    Path folder;

    @Test
    void shouldHealWithoutARestartWhereTheKeyWasRevokedBeforeItsSuccessorCame() throws IOException {
        Path file = Files.writeString(folder.resolve("key"), "sk_revoked\n");
        var options = SandboxOptions.defaults().withAutoCreateCustomers(true).withApiKeys("sk_new");
        try (EmbeddedBroker broker = EmbeddedBroker.start();
                var world = new DeliveryWorld(broker.bootstrapServers(), CredytSandbox.start(options))) {
            List<Deliverable> all = IntStream.range(0, 200)
                    .mapToObj(i -> event("acct_" + i % 10, i))
                    .toList();
            world.admit(all);
            Delivery delivery = world.deliver(
                    "one",
                    Map.of(CredytSettings.API_KEY_FILE, file.toString(), CredytSettings.API_KEY_FILE_INTERVAL, "1h"));
            await().atMost(PATIENCE)
                    .until(() -> delivery.health().detail().contains(CredytSettings.API_KEY)
                            && !delivery.health().ready());

            Files.writeString(file, "sk_new\n");

            world.awaitSettled(all.size());
            world.assertSettled(ids(all), Set.of());
            await().atMost(PATIENCE).until(() -> delivery.health().ready());
        }
    }
}
