package io.usageflow.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.usageflow.cli.CommandRun;
import io.usageflow.cli.Http;
import io.usageflow.cli.dev.DevEnvironment;
import io.usageflow.cli.dev.DevOptions;
import io.usageflow.forwarder.Forwarder;
import io.usageflow.forwarder.config.AdminSettings;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.forwarder.config.ProcessSettings;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.config.SettingsException;
import io.usageflow.sandbox.SandboxAccount;
import io.usageflow.sandbox.SandboxSeed.PriceSpec;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The account and the mode of Credyt in which a forwarder and the commands act. */
class CredytAccountIT {
    private static final Duration SOON = Duration.ofMinutes(3);

    @AutoClose
    private static DevEnvironment dev = DevEnvironment.start(DevOptions.onFreePorts());

    private static Map<String, String> settings(Map<String, String> more) {
        var settings = new HashMap<>(dev.settings());
        settings.put(AdminSettings.PORT, "0");
        settings.putAll(more);
        return settings;
    }

    private static Forwarder forwarder(Map<String, String> more) {
        return Forwarder.start(Settings.load(ConfigSources.none().with(settings(more), "test")));
    }

    private static CommandRun run(int exitCode, Map<String, String> more, String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        settings(more).forEach((key, value) -> all.addAll(List.of("--set", key + "=" + value)));
        var run = new CommandRun();
        assertThat(run.run(all.toArray(new String[0])))
                .describedAs(() -> run.out() + run.err())
                .isEqualTo(exitCode);
        return run;
    }

    @Test
    void shouldActInTheConnectedAccountAlone() {
        String id = dev.sandbox().createAccount("merchant");
        SandboxAccount merchant = dev.sandbox().account(id);
        merchant.createProduct("assistant", PriceSpec.unit("message_completed", "USD", "2"));
        Map<String, String> account = Map.of(CredytSettings.ACCOUNT, id);

        run(0, account, "links", "create", "--account", "shop_1", "--product", "assistant", "--apply");
        run(2, Map.of(), "links", "put", "--account", "shop_2", "--customer-external-id", "shop_1");
        assertThat(run(0, account, "doctor").out()).contains("account " + id + ", mode unknown");
        try (Forwarder forwarder = forwarder(account)) {
            run(0, account, "publish", "--account", "shop_1", "--event-type", "message_completed");

            await().atMost(SOON).until(() -> merchant.eventIds().size() == 1);
            await().atMost(SOON).untilAsserted(() -> assertThat(Http.get(forwarder.adminUrl() + "/health/ready"))
                    .contains("\"credyt\":{\"live\":true,\"ready\":true,\"detail\":\"account " + id));
        }
        assertThat(dev.sandbox().eventIds()).isEmpty();
        assertThat(merchant.balance("shop_1", "USD")).isEqualByComparingTo("-2");
        // What Credyt refuses for the account is no fault of the key.
        assertThat(run(1, Map.of(CredytSettings.ACCOUNT, "acc_nothing"), "doctor")
                        .out())
                .contains("credyt.account=acc_nothing is a connected account");
    }

    @Test
    void shouldNotStartInTheOtherMode() throws Exception {
        HttpServer live = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        live.createContext("/", exchange -> {
            byte[] body = (exchange.getRequestURI().getPath().equals("/accounts/self")
                            ? "{\"id\":\"acc_9\",\"live_mode\":true}"
                            : "{\"items\":[],\"total_count\":0}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        live.start();
        try {
            String url = "http://127.0.0.1:" + live.getAddress().getPort();
            Map<String, String> test = Map.of(CredytSettings.URL, url, CredytSettings.EXPECT_MODE, "test");
            Map<String, String> right = Map.of(CredytSettings.URL, url, CredytSettings.EXPECT_MODE, "live");

            assertThatThrownBy(() -> forwarder(test).close())
                    .isInstanceOf(SettingsException.class)
                    .hasMessageContaining("of live mode, but credyt.expect.mode is test");
            Map<String, String> admission = new HashMap<>(test);
            admission.put(ProcessSettings.ROLES, "admission");
            assertThatThrownBy(() -> forwarder(admission).close())
                    .describedAs("it reads the catalogue with the key")
                    .isInstanceOf(SettingsException.class)
                    .hasMessageContaining("of live mode, but credyt.expect.mode is test");
            assertThat(run(1, test, "doctor").out()).contains("of live mode, but credyt.expect.mode is test");
            assertThat(run(3, test, "links", "sync").err()).contains("credyt.expect.mode is test");
            assertThat(run(0, right, "doctor").out()).contains("account acc_9, live mode");
            try (Forwarder forwarder = forwarder(right)) {
                assertThat(Http.get(forwarder.adminUrl() + "/health/ready")).contains("account acc_9, live mode");
            }
        } finally {
            live.stop(0);
        }
    }
}
