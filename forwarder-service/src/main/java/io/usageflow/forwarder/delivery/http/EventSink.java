package io.usageflow.forwarder.delivery.http;

import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.delivery.queue.Customer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Where events go. An interface so that the engine can be tested without HTTP, and measured against its limit. */
public interface EventSink extends AutoCloseable {

    /**
     * One request.
     *
     * @param events encoded, as elements of {@code events[]}, in order; never changed
     */
    record Request(Customer customer, List<byte[]> events) {
        public Request {
            events = List.copyOf(events);
        }
    }

    /**
     * Sends one request and never again by itself. Never throws, and the stage never fails: it ends with an
     * {@link Answer} within a bounded time, on a thread of the sink's own. Called by one thread.
     */
    CompletionStage<Answer> deliver(Request request);

    /** Asks once for an event by its id at Credyt; otherwise as {@link #deliver}. */
    CompletionStage<Answer> find(String credytId);

    /** The longest that either may take. */
    Duration answersWithin();

    /** Frees connections and threads; requests in flight end with a failure. */
    @Override
    void close();
}
