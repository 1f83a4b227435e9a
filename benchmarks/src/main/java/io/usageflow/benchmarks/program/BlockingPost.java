package io.usageflow.benchmarks.program;

import io.usageflow.forwarder.config.CredytSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;

/** Apache's blocking client, with as many connections as there are threads. Thread-safe; close it. */
final class BlockingPost implements AutoCloseable {
    private final CloseableHttpClient client;
    private final String events;
    private final String apiKey;

    BlockingPost(CredytSettings credyt, int connections) {
        events = credyt.url() + "/events";
        apiKey = credyt.apiKey().text().value();
        client = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setMaxConnTotal(connections)
                        .setMaxConnPerRoute(connections)
                        .setDefaultSocketConfig(
                                SocketConfig.custom().setTcpNoDelay(true).build())
                        .build())
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableRedirectHandling()
                .disableAuthCaching()
                .disableContentCompression()
                .build();
    }

    /** @throws IllegalStateException where the answer is not 202 */
    void send(byte[] body) {
        HttpPost post = new HttpPost(events);
        post.setHeader("X-CREDYT-API-KEY", apiKey);
        post.setEntity(new ByteArrayEntity(body, ContentType.create("application/json")));
        try {
            int status = client.execute(post, response -> {
                EntityUtils.consume(response.getEntity());
                return response.getCode();
            });
            if (status != 202) {
                throw new IllegalStateException("HTTP " + status);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        client.close(org.apache.hc.core5.io.CloseMode.GRACEFUL);
    }
}
