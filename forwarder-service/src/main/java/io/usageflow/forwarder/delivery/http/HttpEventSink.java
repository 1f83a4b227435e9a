package io.usageflow.forwarder.delivery.http;

import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.forwarder.delivery.Answer;
import io.usageflow.forwarder.delivery.EventSink;
import java.net.URI;
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
import org.apache.hc.core5.http.nio.entity.BasicAsyncEntityProducer;
import org.apache.hc.core5.http.nio.support.BasicRequestProducer;
import org.apache.hc.core5.io.CloseMode;
import org.apache.kafka.common.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends batches to {@code POST /events} over HTTP/1.1. Holds no policy: it neither retries nor follows a redirect, so the
 * key goes to the configured address and nowhere else. Answers come on the client's I/O thread.
 */
public final class HttpEventSink implements EventSink {
    /** Credyt reads header names in either case (CREDYT-API.md, 1). */
    private static final String KEY_HEADER = "X-CREDYT-API-KEY";

    /** JSON is UTF-8 by its standard; a charset beside it is one thing more that a server might refuse. */
    private static final ContentType JSON = ContentType.create("application/json");

    private static final Logger LOG = LoggerFactory.getLogger(HttpEventSink.class);

    private final CloseableHttpAsyncClient client;
    private final URI events;
    private final boolean secure;
    private final ApiKeys keys;
    private final Duration within;
    private volatile boolean closed;

    /**
     * @param connectionsMax connections at most; more requests at once would wait for one
     * @throws ConfigException where the trust store cannot be used
     */
    public HttpEventSink(CredytSettings credyt, ApiKeys keys, int connectionsMax) {
        this.keys = keys;
        this.events = URI.create(credyt.url() + "/events");
        this.secure = "https".equalsIgnoreCase(credyt.url().getScheme());
        this.within = credyt.connecting().timeout().plus(credyt.connecting().responseTimeout());
        this.client = CredytClient.open(credyt, connectionsMax, this::ioFault);
        client.start();
    }

    @Override
    public CompletionStage<Answer> deliver(Request request) {
        var answer = new CompletableFuture<Answer>();
        byte[] body =
                EventJson.body(request.customer().external(), request.customer().value(), request.events());
        String key = keys.current();
        SimpleHttpRequest head = SimpleRequestBuilder.post(events)
                .setHeader(KEY_HEADER, key)
                .setHeader("Accept", "application/json")
                .build();
        try {
            Future<Answer> exchange = client.execute(
                    new BasicRequestProducer(head, new BasicAsyncEntityProducer(body, JSON)),
                    new BoundedAnswerConsumer(secure, answer::complete),
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
        return answer.exceptionally(HttpEventSink::failure).thenApply(ended -> {
            if (ended instanceof Answer.Response response && (response.status() == 401 || response.status() == 403)) {
                keys.refused(key);
            }
            return ended;
        });
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
