package io.usageflow.forwarder.credyt;

import io.usageflow.forwarder.config.CredytSettings;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleRequestBuilder;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.nio.AsyncRequestProducer;
import org.apache.hc.core5.http.nio.entity.BasicAsyncEntityProducer;
import org.apache.hc.core5.http.nio.support.BasicRequestProducer;
import org.apache.hc.core5.io.CloseMode;
import org.apache.kafka.common.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests to Credyt over HTTP/1.1, each sent once. Holds no policy: it neither retries nor follows a redirect, so the key
 * goes to the configured address and nowhere else. Answers come on the client's I/O thread. Thread-safe; close it.
 */
public final class CredytHttp implements AutoCloseable {
    /** Credyt reads header names in either case (docs/credyt-api.md, 1). */
    private static final String KEY_HEADER = "X-CREDYT-API-KEY";

    /** JSON is UTF-8 by its standard; a charset parameter is one more thing that a server might refuse. */
    private static final ContentType JSON = ContentType.create("application/json");

    /** Of the answer to what was sent, this much of the body is kept: it is looked through for what went wrong. */
    public static final int REPLY_BYTES_MAX = 64 * 1024;

    /** Of the answer to a question the body is kept up to this, since it is the answer. */
    public static final int ANSWER_BYTES_MAX = BoundedAnswerConsumer.READ_MAX;

    private static final Logger LOG = LoggerFactory.getLogger(CredytHttp.class);

    private final CloseableHttpAsyncClient client;
    private final String url;
    private final boolean secure;
    private final ApiKeys keys;
    private final Duration within;
    private volatile boolean closed;

    /**
     * @param connectionsMax connections at most; more requests at once would wait for one
     * @throws ConfigException where the trust store cannot be used
     */
    public CredytHttp(CredytSettings credyt, ApiKeys keys, int connectionsMax) {
        this.keys = keys;
        this.url = credyt.url().toString();
        this.secure = "https".equalsIgnoreCase(credyt.url().getScheme());
        this.within = credyt.connecting().timeout().plus(credyt.connecting().responseTimeout());
        this.client = CredytClient.open(credyt, connectionsMax, this::ioFault);
        client.start();
    }

    /**
     * Sends a body. Never throws, and the stage never fails: it ends with an {@link Answer} within {@link #answersWithin}.
     *
     * @param path begins with a slash; what is in it must be encoded
     * @param json never changed
     */
    public CompletionStage<Answer> post(String path, byte[] json) {
        String key = keys.current();
        SimpleHttpRequest head = headed(SimpleRequestBuilder.post(address(path)), key);
        return exchange(
                new BasicRequestProducer(head, new BasicAsyncEntityProducer(json, JSON)), key, REPLY_BYTES_MAX, true);
    }

    /** Asks for something; otherwise as {@link #post}. */
    public CompletionStage<Answer> get(String path) {
        String key = keys.current();
        SimpleHttpRequest head = headed(SimpleRequestBuilder.get(address(path)), key);
        return exchange(new BasicRequestProducer(head, null), key, ANSWER_BYTES_MAX, false);
    }

    /** For a path's segment or a query's value. */
    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The longest that a request may take. */
    public Duration answersWithin() {
        return within;
    }

    private URI address(String path) {
        return URI.create(url + path);
    }

    private static SimpleHttpRequest headed(SimpleRequestBuilder request, String key) {
        return request.setHeader(KEY_HEADER, key)
                .setHeader("Accept", "application/json")
                // Without it a server may choose any coding (RFC 9110, 12.5.3).
                .setHeader("Accept-Encoding", "identity")
                .build();
    }

    private CompletionStage<Answer> exchange(
            AsyncRequestProducer request, String key, int keptMax, boolean statusCounts) {
        var answer = new CompletableFuture<Answer>();
        try {
            Future<Answer> exchange = client.execute(
                    request,
                    new BoundedAnswerConsumer(secure, keptMax, statusCounts, answer::complete),
                    new Completing(answer));
            // The client's own time-outs are between two packets: an answer that drips would take for ever.
            var unused = answer.orTimeout(within.toMillis(), TimeUnit.MILLISECONDS)
                    .whenComplete((done, late) -> {
                        if (late != null) {
                            exchange.cancel(true);
                        }
                    });
        } catch (RuntimeException refused) {
            answer.complete(Failures.of(refused));
        }
        return answer.exceptionally(CredytHttp::failure).thenApply(ended -> {
            if (ended instanceof Answer.Response response && (response.status() == 401 || response.status() == 403)) {
                keys.refused(key);
            }
            return ended;
        });
    }

    /** Closing at once makes the client's I/O thread stumble over its closed selector (5.6.5); that is no fault. */
    private void ioFault(Exception fault) {
        if (closed) {
            LOG.debug("event=http_closed", fault);
        } else {
            LOG.error("event=http_fault", fault);
        }
    }

    /** Frees connections and threads; requests in flight end with a failure. */
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
