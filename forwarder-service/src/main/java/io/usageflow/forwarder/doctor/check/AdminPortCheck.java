package io.usageflow.forwarder.doctor.check;

import io.usageflow.forwarder.config.AdminSettings;
import io.usageflow.forwarder.doctor.CheckResult;
import io.usageflow.forwarder.json.ReportJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Whether the admin port is free, or taken by a forwarder that runs already. */
public record AdminPortCheck(AdminSettings admin) {
    static final String NAME = "admin port";
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);

    public List<CheckResult> look() throws InterruptedException {
        String where = admin.host() + ":" + admin.port();
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(admin.host()), admin.port()));
            return List.of(CheckResult.ok(NAME, where + " is free"));
        } catch (IOException taken) {
            return List.of(judge(where, String.valueOf(taken.getMessage()), whoAnswers()));
        }
    }

    /** Whether the forwarder that listens there is ready; empty where none does. */
    private Optional<Boolean> whoAnswers() throws InterruptedException {
        String host = admin.host().equals("0.0.0.0") ? "127.0.0.1" : admin.host();
        URI health = URI.create("http://" + host + ":" + admin.port() + "/health/ready");
        try {
            var response = HttpClient.newBuilder()
                    .connectTimeout(ANSWER_WITHIN)
                    .build()
                    .send(HttpRequest.newBuilder(health).timeout(ANSWER_WITHIN).build(), BodyHandlers.ofString());
            return Optional.of(
                    ReportJson.read(response.body(), HealthPage.class).ready());
        } catch (IOException noForwarder) {
            return Optional.empty();
        }
    }

    private record HealthPage(boolean ready) {}

    public static CheckResult judge(String where, String why, Optional<Boolean> ready) {
        if (ready.isEmpty()) {
            return CheckResult.fail(
                    NAME,
                    where + " cannot be listened on: " + why,
                    "stop what uses it, or choose another " + AdminSettings.PORT);
        }
        return ready.get()
                ? CheckResult.ok(NAME, "a forwarder runs on " + where + " and is ready")
                : CheckResult.warn(
                        NAME,
                        "a forwarder runs on " + where + " and is not ready",
                        "ask http://" + where + "/health/ready why");
    }
}
