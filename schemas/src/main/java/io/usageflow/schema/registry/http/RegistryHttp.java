package io.usageflow.schema.registry.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.schema.registry.RegistryUnavailableException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * Sends one request to the first address that answers it, starting with the one that answered last. After an I/O
 * failure, 429 or 5xx it tries the next address; it does not interpret other responses. Thread-safe.
 */
final class RegistryHttp {
    /** Schemas have kilobytes: a longer response is not a registry's. */
    static final int ANSWER_BYTES_MAX = 8 << 20;

    private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";

    /**
     * Send the requests. The JDK's asynchronous requests end in the common pool. With Java 25 that is a single thread
     * on two cores, and while an application keeps it busy, no answer would arrive. Idle threads end.
     */
    private static final ExecutorService THREADS = Executors.newCachedThreadPool(request -> {
        Thread thread = new Thread(request, "usageflow-registry");
        thread.setDaemon(true);
        return thread;
    });

    private final RegistryClientSettings settings;
    private final HttpClient client;
    private final AtomicInteger preferred = new AtomicInteger();

    RegistryHttp(RegistryClientSettings settings) {
        this.settings = settings;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(settings.connectTimeout())
                // A redirect would send the credentials to a host that is not configured.
                .followRedirects(HttpClient.Redirect.NEVER);
        settings.tls().ifPresent(tls -> builder.sslContext(tls.context()));
        this.client = builder.build();
    }

    /**
     * An answer, whatever its status.
     *
     * @param address which gave it
     * @param cut whether the body is longer than {@link #ANSWER_BYTES_MAX}; then it is empty
     */
    record Answer(URI address, int status, String body, boolean cut) {
        Answer(URI address, int status, String body) {
            this(address, status, body, false);
        }

        boolean isBusyOrBroken() {
            return status == 408 || status == 429 || status >= 500;
        }
    }

    /**
     * Asks the addresses in turn.
     *
     * @throws RegistryUnavailableException when none gave an answer below 500 other than 408 and 429
     */
    Answer send(String method, String path, @Nullable String body) {
        return send(method, path, body, answer -> false);
    }

    /**
     * As {@link #send(String, String, String)}; a doubtful answer counts only where no other address gives a better
     * one.
     */
    Answer send(String method, String path, @Nullable String body, Predicate<Answer> isDoubtful) {
        int first = preferred.get();
        int count = settings.addresses().size();
        RegistryUnavailableException last = null;
        Answer doubtful = null;
        for (int turn = 0; turn < count; turn++) {
            int index = (first + turn) % count;
            URI address = settings.addresses().get(index);
            try {
                Answer answer = attempt(address, method, path, body);
                if (!answer.isBusyOrBroken()) {
                    if (isDoubtful.test(answer)) {
                        doubtful = doubtful == null ? answer : doubtful;
                        continue;
                    }
                    preferred.set(index);
                    return answer;
                }
                last = with(
                        last,
                        RegistryUnavailableException.passing(
                                failure(method, path, address) + "answered " + answer.status(), null));
            } catch (IOException e) {
                last = with(
                        last,
                        RegistryUnavailableException.passing(
                                failure(method, path, address) + "gave no answer (" + e
                                        + "): check that it runs and that " + RegistryClientSettings.URL + " is right",
                                e));
            }
        }
        if (doubtful != null) {
            return doubtful;
        }
        if (last == null) {
            throw new IllegalStateException("settings hold no address, against their contract");
        }
        throw last;
    }

    private Answer attempt(URI address, String method, String path, @Nullable String body) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address + path))
                .timeout(settings.requestTimeout())
                .header("Accept", MEDIA_TYPE + ", application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (body != null) {
            request.header("Content-Type", MEDIA_TYPE);
        }
        settings.credentials().header().ifPresent(value -> request.header("Authorization", value));
        AtomicInteger status = new AtomicInteger();
        try {
            HttpResponse<byte[]> response = await(THREADS.submit(() -> client.send(request.build(), info -> {
                status.set(info.statusCode());
                return BoundedBody.ofAtMost(ANSWER_BYTES_MAX);
            })));
            return new Answer(address, response.statusCode(), new String(response.body(), UTF_8));
        } catch (BoundedBody.TooLongException tooLong) {
            return new Answer(address, status.get(), "", true);
        }
    }

    /** The client's own time-out ends with the headers; this one covers a body that never ends, too. */
    private <T> T await(Future<T> response) throws IOException {
        try {
            return response.get(settings.requestTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            response.cancel(true);
            throw new IOException(
                    "no complete answer within " + settings.requestTimeout().toMillis() + " ms", e);
        } catch (InterruptedException e) {
            response.cancel(true);
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
                if (cause instanceof BoundedBody.TooLongException tooLong) {
                    throw tooLong;
                }
            }
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IOException("the request failed", e.getCause());
        }
    }

    private static String failure(String method, String path, URI address) {
        return "schema registry " + address + ", " + method + " " + path + ": ";
    }

    private static RegistryUnavailableException with(
            @Nullable RegistryUnavailableException earlier, RegistryUnavailableException failure) {
        if (earlier != null) {
            failure.addSuppressed(earlier);
        }
        return failure;
    }

    /** Collects a response body up to a bound, and fails beyond it. The JDK has this since version 25. */
    private static final class BoundedBody implements BodySubscriber<byte[]> {
        private final int bytesMax;
        private final ByteArrayOutputStream collected = new ByteArrayOutputStream();
        private final CompletableFuture<byte[]> body = new CompletableFuture<>();
        private Flow.@Nullable Subscription subscription;

        /** The response is longer than the bound. */
        static final class TooLongException extends IOException {
            private static final long serialVersionUID = 1;

            private TooLongException(String message) {
                super(message);
            }
        }

        private BoundedBody(int bytesMax) {
            this.bytesMax = bytesMax;
        }

        static BodySubscriber<byte[]> ofAtMost(int bytesMax) {
            return new BoundedBody(bytesMax);
        }

        @Override
        public CompletionStage<byte[]> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            given.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            for (ByteBuffer buffer : buffers) {
                if (collected.size() + buffer.remaining() > bytesMax) {
                    if (subscription != null) {
                        subscription.cancel();
                    }
                    body.completeExceptionally(
                            new TooLongException("the answer is longer than " + bytesMax + " bytes"));
                    return;
                }
                byte[] chunk = new byte[buffer.remaining()];
                buffer.get(chunk);
                collected.writeBytes(chunk);
            }
        }

        @Override
        public void onError(Throwable failure) {
            body.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            body.complete(collected.toByteArray());
        }
    }
}
