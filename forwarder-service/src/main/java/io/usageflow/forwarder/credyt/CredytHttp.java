package io.usageflow.forwarder.credyt;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.schema.rule.LinkRules;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends requests to Credyt over HTTP/1.1, each once. It neither retries nor follows a redirect, so the key goes only to
 * the configured address. Answers arrive on the client's I/O thread. Thread-safe; close it.
 */
public final class CredytHttp implements AutoCloseable {
    /** Credyt reads header names in either case (docs/credyt-api.md, 1). */
    private static final String KEY_HEADER = "X-CREDYT-API-KEY";

    /** The connected account of a platform in which a request acts (docs/credyt-api.md, 1). */
    private static final String ACCOUNT_HEADER = "X-CREDYT-ACCOUNT";

    /** Without a charset parameter, which a server might refuse; JSON is always UTF-8. */
    private static final ContentType JSON = ContentType.create("application/json");

    /** Bytes to keep of an answer to sent events, for its error messages. */
    public static final int REPLY_BYTES_MAX = 64 * 1024;

    /** Bytes to keep of an answer to a query. */
    public static final int ANSWER_BYTES_MAX = BoundedAnswerConsumer.READ_MAX;

    private static final Logger LOG = LoggerFactory.getLogger(CredytHttp.class);

    private final CloseableHttpAsyncClient client;
    private final String url;
    private final boolean secure;
    private final ApiKeys keys;
    private final Optional<String> account;
    private final Optional<CredytSettings.Mode> expectedMode;
    private final Duration requestWithin;
    private volatile boolean closed;
    /** The last key that may be of the expected mode. */
    private volatile @Nullable String acceptedKey;

    /** Sends bodies, as {@link CredytHttp#post(String, Optional, byte[])}. */
    public interface Post {
        CompletionStage<Answer> post(String path, Optional<String> account, byte[] json);
    }

    /**
     * Opens the client.
     *
     * @param connectionsMax maximum number of connections; further concurrent requests wait for one
     * @throws ConfigException if the trust store cannot be used
     */
    public CredytHttp(CredytSettings credyt, ApiKeys keys, int connectionsMax) {
        this.keys = keys;
        this.account = credyt.account();
        this.expectedMode = credyt.expectedMode();
        this.url = credyt.url().toString();
        this.secure = "https".equalsIgnoreCase(credyt.url().getScheme());
        this.requestWithin =
                credyt.connecting().timeout().plus(credyt.connecting().responseTimeout());
        this.client = CredytClient.open(credyt, connectionsMax, this::ioFault);
        client.start();
    }

    /**
     * Sends a body. Never throws, and the stage never fails: it completes with an {@link Answer} within {@link
     * #answersWithin}. If a mode is expected, Credyt is asked first with each new key, and nothing is sent while it
     * says the other mode, or gives no answer.
     *
     * @param path encoded, with a leading slash
     * @param account the connected account of a platform in which it acts; empty for that of the settings
     * @param json never changed
     */
    public CompletionStage<Answer> post(String path, Optional<String> account, byte[] json) {
        return post(path, account, json, Optional.empty());
    }

    /** As {@link #post(String, Optional, byte[])}, as a part of the trace. */
    public CompletionStage<Answer> post(
            String path, Optional<String> account, byte[] json, Optional<TraceContext> trace) {
        String key = keys.current();
        return inExpectedMode(key, () -> {
            SimpleRequestBuilder request = SimpleRequestBuilder.post(address(path));
            trace.ifPresent(context -> context.headers().forEach(request::setHeader));
            try (Scope ignored =
                    trace.map(TraceContext::context).orElseGet(Context::root).makeCurrent()) {
                return exchange(request, account, key, json, REPLY_BYTES_MAX, true);
            }
        });
    }

    /** As {@link #post(String, Optional, byte[])}, in the account of the settings. */
    public CompletionStage<Answer> post(String path, byte[] json) {
        return post(path, Optional.empty(), json);
    }

    /** Sends a query; otherwise like {@link #post}. */
    public CompletionStage<Answer> get(String path, Optional<String> account) {
        String key = keys.current();
        return inExpectedMode(key, () -> get(path, account, key));
    }

    /** As {@link #get(String, Optional)}, in the account of the settings. */
    public CompletionStage<Answer> get(String path) {
        return get(path, Optional.empty());
    }

    /** Asks which account and mode the current key belongs to, whatever mode is expected. */
    public CompletionStage<AccountAnswer> account() {
        return get(AccountAnswer.PATH, Optional.empty(), keys.current()).thenApply(AccountAnswer::of);
    }

    private CompletionStage<Answer> get(String path, Optional<String> account, String key) {
        return exchange(SimpleRequestBuilder.get(address(path)), account, key, null, ANSWER_BYTES_MAX, false);
    }

    private CompletionStage<Answer> inExpectedMode(String key, Supplier<CompletionStage<Answer>> request) {
        if (expectedMode.isEmpty() || key.equals(acceptedKey)) {
            return request.get();
        }
        return get(AccountAnswer.PATH, Optional.empty(), key).thenCompose(answer -> {
            AccountAnswer said = AccountAnswer.of(answer);
            Optional<String> objection = said.objection(expectedMode);
            if (objection.isPresent()) {
                return CompletableFuture.<Answer>completedFuture(new Answer.Failure(false, objection.get()));
            }
            if (!said.told()) {
                return CompletableFuture.<Answer>completedFuture(answer);
            }
            acceptedKey = key;
            return request.get();
        });
    }

    /** Sends a query that has a body and changes nothing at Credyt; otherwise like {@link #get}. */
    public CompletionStage<Answer> query(String path, byte[] json) {
        String key = keys.current();
        return exchange(SimpleRequestBuilder.post(address(path)), Optional.empty(), key, json, ANSWER_BYTES_MAX, false);
    }

    /** Encodes a path segment or a query value. */
    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The longest time until an answer. */
    public Duration answersWithin() {
        return expectedMode.isEmpty() ? requestWithin : requestWithin.multipliedBy(2);
    }

    private URI address(String path) {
        return URI.create(url + path);
    }

    private SimpleHttpRequest headed(SimpleRequestBuilder request, Optional<String> ofLink, String key) {
        ofLink.or(() -> account).ifPresent(id -> request.setHeader(ACCOUNT_HEADER, id));
        return request.setHeader(KEY_HEADER, key)
                .setHeader("Accept", "application/json")
                // Without this header a server may choose any coding (RFC 9110, 12.5.3).
                .setHeader("Accept-Encoding", "identity")
                .build();
    }

    private CompletionStage<Answer> exchange(
            SimpleRequestBuilder head,
            Optional<String> ofLink,
            String key,
            byte @Nullable [] json,
            int keptMax,
            boolean statusCounts) {
        if (ofLink.isPresent() && !LinkRules.isCredytAccount(ofLink.get())) {
            // Only of a record that no forwarder wrote.
            return CompletableFuture.completedFuture(new Answer.Failure(
                    false, "not sent: the customer's account at Credyt has characters that no account has"));
        }
        AsyncRequestProducer request = new BasicRequestProducer(
                headed(head, ofLink, key), json == null ? null : new BasicAsyncEntityProducer(json, JSON));
        var answer = new CompletableFuture<Answer>();
        try {
            Future<Answer> exchange = client.execute(
                    request,
                    new BoundedAnswerConsumer(secure, keptMax, statusCounts, answer::complete),
                    new Completing(answer));
            // The client's own timeouts are between two packets, so a slow answer could take for ever.
            var unused = answer.orTimeout(requestWithin.toMillis(), TimeUnit.MILLISECONDS)
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

    /**
     * Logs a failure. After an immediate close, the client's I/O thread fails on its closed selector (5.6.5), which is
     * expected.
     */
    private void ioFault(Exception fault) {
        if (closed) {
            LOG.debug("event=http_closed", fault);
        } else {
            LOG.error("event=http_fault", fault);
        }
    }

    /** Closes connections and threads; requests in flight fail. */
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

    /** Converts exceptions of the client to answers. Pure. */
    static final class Failures {
        private Failures() {}

        static Answer of(Throwable broken) {
            boolean timeout = broken instanceof InterruptedIOException || broken instanceof TimeoutException;
            String message = broken.getMessage();
            return new Answer.Failure(
                    timeout, broken.getClass().getSimpleName() + (message == null ? "" : ": " + firstLine(message)));
        }

        private static String firstLine(String message) {
            String line = message.lines().findFirst().orElse("");
            return line.length() <= 200 ? line : line.substring(0, 200);
        }
    }
}
