package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.TraceContext;
import io.usageflow.forwarder.delivery.queue.Customer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Sends events. An interface, so that delivery can be tested and measured without HTTP. */
public interface EventSink extends AutoCloseable {

    /**
     * One request.
     *
     * @param events encoded elements of {@code events[]}, in order; never changed
     * @param trace the trace that the events belong to; empty if they belong to none, or to several
     */
    record Request(Customer customer, List<byte[]> events, Optional<TraceContext> trace) {
        public Request {
            events = List.copyOf(events);
        }

        public Request(Customer customer, List<byte[]> events) {
            this(customer, events, Optional.empty());
        }
    }

    /**
     * Sends one request, without retries. Never throws, and the stage never fails: it completes with an {@link Answer}
     * within {@link #answersWithin}, on a thread of the sink. Called by one thread.
     */
    CompletionStage<Answer> deliver(Request request);

    /** Looks up one event of the customer by Credyt's id; otherwise like {@link #deliver}. */
    CompletionStage<Answer> find(Customer customer, String credytId);

    /** The longest time until an answer. */
    Duration answersWithin();

    /** Closes connections and threads; requests in flight fail. */
    @Override
    void close();
}
