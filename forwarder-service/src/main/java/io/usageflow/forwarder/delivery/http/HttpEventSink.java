package io.usageflow.forwarder.delivery.http;

import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.forwarder.delivery.Answer;
import io.usageflow.forwarder.delivery.EventSink;
import io.usageflow.forwarder.observe.Version;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleRequestBuilder;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.nio.entity.BasicAsyncEntityProducer;
import org.apache.hc.core5.http.nio.support.BasicRequestProducer;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends batches to {@code POST /events} over HTTP/1.1. Holds no policy: it neither retries nor follows a redirect, so the
 * key goes to the configured address and nowhere else. Thread-safe; answers come on the client's I/O thread.
 */
public final class HttpEventSink implements EventSink {
    /** Credyt reads header names in either case (CREDYT-API.md, 1). */
    private static final String KEY_HEADER = "X-CREDYT-API-KEY";

    /** Connections that were idle for longer are tried before they are used, and closed after {@link #IDLE_MAX}. */
    private static final TimeValue TRY_AFTER_IDLE = TimeValue.ofSeconds(2);

    private static final TimeValue IDLE_MAX = TimeValue.ofSeconds(30);
    private static final int IO_THREADS = 1;
    /** JSON is UTF-8 by its standard; a charset beside it is one thing more that a server might refuse. */
    private static final ContentType JSON = ContentType.create("application/json");

    private static final Logger LOG = LoggerFactory.getLogger(HttpEventSink.class);

    private final CloseableHttpAsyncClient client;
    private final URI events;
    private final Password apiKey;
    private final Duration within;
    private volatile boolean closed;

    /**
     * @param connectionsMax connections at most; more requests at once would wait for one
     * @throws ConfigException where the key is missing, or cannot stand in a header
     */
    public HttpEventSink(CredytSettings credyt, int connectionsMax) {
        this.apiKey = checked(credyt.apiKey());
        this.events = URI.create(credyt.url() + "/events");
        this.within = credyt.connectTimeout().plus(credyt.responseTimeout());
        Timeout response = Timeout.of(credyt.responseTimeout());
        this.client = HttpAsyncClients.custom()
                .setConnectionManager(PoolingAsyncClientConnectionManagerBuilder.create()
                        .setMaxConnTotal(connectionsMax)
                        .setMaxConnPerRoute(connectionsMax)
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(Timeout.of(credyt.connectTimeout()))
                                .setSocketTimeout(response)
                                .setValidateAfterInactivity(TRY_AFTER_IDLE)
                                .build())
                        .setDefaultTlsConfig(TlsConfig.custom()
                                .setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_1)
                                .build())
                        .build())
                .setIOReactorConfig(IOReactorConfig.custom()
                        // Nagle and delayed acknowledgement together cost 44 ms a request (PEERS.md, B1.14).
                        .setTcpNoDelay(true)
                        .setIoThreadCount(IO_THREADS)
                        .setSoTimeout(response)
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setResponseTimeout(response)
                        .setConnectionRequestTimeout(Timeout.of(credyt.connectTimeout()))
                        .setRedirectsEnabled(false)
                        .setAuthenticationEnabled(false)
                        .build())
                .setIoReactorExceptionCallback(this::ioFault)
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                .evictExpiredConnections()
                .evictIdleConnections(IDLE_MAX)
                .setUserAgent("usageflow/" + Version.current())
                .build();
        client.start();
    }

    @Override
    public CompletionStage<Answer> deliver(Request request) {
        var answer = new CompletableFuture<Answer>();
        byte[] body =
                EventJson.body(request.customer().external(), request.customer().value(), request.events());
        SimpleHttpRequest head = SimpleRequestBuilder.post(events)
                .setHeader(KEY_HEADER, apiKey.value())
                .setHeader("Accept", "application/json")
                .build();
        try {
            Future<Answer> exchange = client.execute(
                    new BasicRequestProducer(head, new BasicAsyncEntityProducer(body, JSON)),
                    new BoundedAnswerConsumer(),
                    new Completing(answer));
            // The client's own time-outs are between two packets: an answer that drips would take for ever.
            answer.orTimeout(within.toMillis(), TimeUnit.MILLISECONDS).whenComplete((done, late) -> {
                if (late != null) {
                    exchange.cancel(true);
                }
            });
        } catch (RuntimeException refused) {
            answer.complete(Failures.of(refused));
        }
        return answer.exceptionally(HttpEventSink::failure);
    }

    @Override
    public Duration answersWithin() {
        return within;
    }

    /** Closing at once makes the client's I/O thread stumble over its closed selector (5.6.5); that is no fault. */
    private void ioFault(Exception fault) {
        if (closed) {
            LOG.debug("event=http_closed", fault);
        } else {
            LOG.error("event=http_fault", fault);
        }
    }

    @Override
    public void close() {
        closed = true;
        client.close(CloseMode.IMMEDIATE);
    }

    private static Answer failure(Throwable late) {
        return late instanceof TimeoutException
                ? new Answer.Failure(true, "no complete answer in time")
                : Failures.of(late);
    }

    private static Password checked(Password apiKey) {
        String key = apiKey.value();
        if (key == null || key.isBlank()) {
            throw new ConfigException(CredytSettings.API_KEY + " is missing: set it to Credyt's API key");
        }
        if (!key.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new ConfigException(CredytSettings.API_KEY
                    + " has characters that cannot stand in a header: check for a line break or a blank at its end");
        }
        return apiKey;
    }

    /** Ends the stage whatever the client reports. */
    private record Completing(CompletableFuture<Answer> answer) implements FutureCallback<Answer> {
        @Override
        public void completed(Answer result) {
            answer.complete(result);
        }

        @Override
        public void failed(Exception broken) {
            answer.complete(Failures.of(broken));
        }

        @Override
        public void cancelled() {
            answer.complete(new Answer.Failure(false, "the request was cancelled"));
        }
    }
}
