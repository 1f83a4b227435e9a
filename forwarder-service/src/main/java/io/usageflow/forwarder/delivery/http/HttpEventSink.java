package io.usageflow.forwarder.delivery.http;

import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.ApiKeys;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.credyt.EventJson;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.config.ConfigException;

/** Sends batches to {@code POST /events}, and asks for events by id. Holds no policy. */
public final class HttpEventSink implements EventSink {
    private final CredytHttp credyt;

    /**
     * @param connectionsMax connections at most; more requests at once would wait for one
     * @throws ConfigException where the trust store cannot be used
     */
    public HttpEventSink(CredytSettings credyt, ApiKeys keys, int connectionsMax) {
        this.credyt = new CredytHttp(credyt, keys, connectionsMax);
    }

    @Override
    public CompletionStage<Answer> deliver(Request request) {
        return credyt.post(
                "/events",
                EventJson.body(request.customer().external(), request.customer().value(), request.events()));
    }

    @Override
    public CompletionStage<Answer> find(String credytId) {
        return credyt.get("/events/" + CredytHttp.encoded(credytId));
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
