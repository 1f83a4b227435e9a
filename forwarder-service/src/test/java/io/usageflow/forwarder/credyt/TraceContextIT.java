package io.usageflow.forwarder.credyt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import io.usageflow.forwarder.Forwarder;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.testing.PipelineWorld;
import io.usageflow.producer.CustomerRef;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.UsagePublisher;
import io.usageflow.sandbox.SandboxOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trace from the producer's record through both stages to the request that reaches Credyt. */
class TraceContextIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final String STATE = "vendor=of-the-application";

    @AutoClose
    private final PipelineWorld world = new PipelineWorld(SandboxOptions.defaults());

    private final List<Headers> requests = new CopyOnWriteArrayList<>();

    /** Adds a state to each record, as the instrumentation of a producer does. */
    public static final class Instrumentation implements ProducerInterceptor<byte[], byte[]> {
        @Override
        public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
            record.headers().add("tracestate", STATE.getBytes(UTF_8));
            return record;
        }

        @Override
        public void onAcknowledgement(RecordMetadata metadata, Exception failure) {
            // Nothing to note.
        }

        @Override
        public void close() {
            // Nothing is open.
        }

        @Override
        public void configure(Map<String, ?> settings) {
            // Nothing to configure.
        }
    }

    @Test
    void shouldReachCredytInTheHeadersOfTheRequest(@TempDir Path folder) throws Exception {
        HttpServer credyt = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        credyt.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            if (exchange.getRequestMethod().equals("POST")) {
                requests.add(exchange.getRequestHeaders());
            }
            exchange.sendResponseHeaders(202, -1);
            exchange.close();
        });
        credyt.start();
        Settings settings = world.open(
                folder,
                Map.of("credyt.url", "http://127.0.0.1:" + credyt.getAddress().getPort()));
        var service = new HashMap<>(world.service());
        service.put("interceptor.classes", Instrumentation.class.getName());
        try (Forwarder forwarder = Forwarder.start(settings);
                UsagePublisher publisher = UsagePublisher.create(service)) {
            assertThat(forwarder.health().live()).isTrue();
            publisher.linkCustomer("acct_42", CustomerRef.externalId("acme")).join();
            publisher
                    .publish(UsageEvent.of("message_completed")
                            .id("traced")
                            .account("acct_42")
                            .traceparent(PARENT))
                    .join();

            await().atMost(PATIENCE).until(() -> !requests.isEmpty());
            assertThat(requests.get(0).get("traceparent")).containsExactly(PARENT);
            assertThat(requests.get(0).get("tracestate")).containsExactly(STATE);
        } finally {
            credyt.stop(0);
        }
    }
}
