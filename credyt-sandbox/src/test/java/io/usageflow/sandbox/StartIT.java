package io.usageflow.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartIT {
    @Test
    void shouldSayWhichPortIsInUseAndWhatToDo() {
        try (CredytSandbox first = CredytSandbox.start()) {
            SandboxOptions samePort = SandboxOptions.defaults().withPort(first.port());

            assertThatThrownBy(() -> CredytSandbox.start(samePort))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("127.0.0.1:" + first.port())
                    .hasMessageContaining("port is in use")
                    .hasMessageContaining("choose another port");
        }
    }

    @Test
    void shouldFreeItsPortWhenClosed() {
        int port;
        try (CredytSandbox first = CredytSandbox.start()) {
            port = first.port();
        }
        try (CredytSandbox second =
                CredytSandbox.start(SandboxOptions.defaults().withPort(port))) {
            assertThat(second.port()).isEqualTo(port);
        }
    }

    @Test
    void shouldServeTheDevelopmentSeed() {
        try (CredytSandbox sandbox = CredytSandbox.start(SandboxOptions.dev())) {
            Client client = new Client(sandbox.url());
            String id = Bodies.newId();

            client.post("/events", Bodies.batch("brand_new", Bodies.eventWithCost(id, "brand_new_vendor", "0.01")));

            assertThat(sandbox.stats().fees().get("USD")).isEqualByComparingTo("0.009");
            assertThat(client.get("/events/" + id).json().path("fees")).hasSize(1);
        }
    }

    @Test
    void shouldStartFromASeedFile(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("seed.json"), """
                {"vendors": [{"name": "V", "external_id": "v"}],
                 "products": [{"name": "P", "code": "p", "publish": true, "prices": [{
                    "usage_calculation": {"event_type": "message_completed", "usage_type": "unit"},
                    "pricing": [{"asset": "USD", "values": [{"unit_price": 0.25}]}]}]}],
                 "customers": [{"name": "A", "external_id": "acct_1",
                                "subscriptions": [{"products": [{"code": "p"}]}]}]}""");
        try (CredytSandbox sandbox =
                CredytSandbox.start(SandboxOptions.defaults().withSeed(SandboxSeed.file(file)))) {
            new Client(sandbox.url()).post("/events", Bodies.batch("acct_1", Bodies.event(Bodies.newId())));

            assertThat(sandbox.balance("acct_1", "USD")).isEqualByComparingTo("-0.25");
        }
    }

    @Test
    void shouldSayWhatIsWrongWithASeedFile(@TempDir Path folder) throws Exception {
        Path missing = folder.resolve("missing.json");
        Path broken = Files.writeString(folder.resolve("broken.json"), "{");
        Path misspelt = Files.writeString(folder.resolve("misspelt.json"), "{\"vendor\": []}");
        Path refused = Files.writeString(folder.resolve("refused.json"), "{\"customers\": [{\"external_id\": \"a\"}]}");

        assertThatThrownBy(() -> SandboxSeed.file(missing)).hasMessageContaining(missing.toString());
        assertThatThrownBy(() -> SandboxSeed.file(broken)).hasMessageContaining(broken.toString());
        assertThatThrownBy(() -> SandboxSeed.file(misspelt))
                .hasMessageContaining("vendor=")
                .hasMessageContaining("vendors");
        assertThatThrownBy(() -> CredytSandbox.start(SandboxOptions.defaults().withSeed(SandboxSeed.file(refused))))
                .hasMessageContaining("customers[0]")
                .hasMessageContaining("name");
    }
}
