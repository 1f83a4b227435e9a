package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.ApiKeys;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.credyt.EventJson;
import io.usageflow.forwarder.delivery.queue.Customer;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.config.ConfigException;

/** Sends batches to {@code POST /events} and looks up events by id. Contains no policy. */
public final class HttpEventSink implements EventSink {
    private final CredytHttp credyt;

    /**
     * Creates the HTTP client.
     *
     * @param connectionsMax maximum number of connections; further concurrent requests wait for one
     * @throws ConfigException if the trust store cannot be used
     */
    public HttpEventSink(CredytSettings credyt, ApiKeys keys, int connectionsMax) {
        this.credyt = new CredytHttp(credyt, keys, connectionsMax);
    }

    @Override
    public CompletionStage<Answer> deliver(Request request) {
        return credyt.post(
                "/events",
                request.customer().account(),
                EventJson.body(request.customer().external(), request.customer().value(), request.events()),
                request.trace());
    }

    @Override
    public CompletionStage<Answer> find(Customer customer, String credytId) {
        return credyt.get("/events/" + CredytHttp.encoded(credytId), customer.account());
    }

    @Override
    public Duration answersWithin() {
        return credyt.answersWithin();
    }

    @Override
    public void close() {
        credyt.close();
    }
}
