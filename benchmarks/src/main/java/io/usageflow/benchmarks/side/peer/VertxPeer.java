package io.usageflow.benchmarks.side.peer;

import io.confluent.parallelconsumer.ParallelConsumerOptions;
import io.confluent.parallelconsumer.ParallelConsumerOptions.ProcessingOrder;
import io.confluent.parallelconsumer.PollContext;
import io.confluent.parallelconsumer.vertx.VertxParallelEoSStreamProcessor;
import io.usageflow.benchmarks.side.SideProgram;
import io.usageflow.forwarder.config.Settings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Parallel Consumer's Vert.x module. As many requests at once as {@code delivery.max.in.flight} says, a connection for each,
 * as its documentation advises; commits asynchronously every five seconds, as it does by itself. It runs the function that
 * makes a request in one thread; Vert.x sends.
 */
public final class VertxPeer implements SideProgram {
    private static final int BATCH = 50;

    private final ProcessingOrder order;
    private final int batch;
    private final PeerEngine engine = new PeerEngine();

    private VertxPeer(ProcessingOrder order, int batch) {
        this.order = order;
        this.batch = batch;
    }

    /** Ordered by key, one record a request. */
    public static VertxPeer oneEach() {
        return new VertxPeer(ProcessingOrder.KEY, 1);
    }

    /** Without order, 50 records of any customers a request. */
    public static VertxPeer batches() {
        return new VertxPeer(ProcessingOrder.UNORDERED, BATCH);
    }

    @Override
    public void start(Settings settings) {
        int concurrency = settings.delivery().inFlight().max();
        Vertx vertx = Vertx.vertx();
        WebClient client = WebClient.create(
                vertx, new WebClientOptions().setMaxPoolSize(concurrency).setTcpNoDelay(true));
        HttpRequest<Buffer> post = client.requestAbs(
                        HttpMethod.POST, settings.credyt().url() + "/events")
                .putHeader("content-type", "application/json")
                .putHeader("X-CREDYT-API-KEY", settings.credyt().apiKey().text().value());
        var made = new VertxParallelEoSStreamProcessor<byte[], byte[]>(
                vertx,
                client,
                ParallelConsumerOptions.<byte[], byte[]>builder()
                        .consumer(PeerConsumer.of(settings))
                        .ordering(order)
                        .maxConcurrency(concurrency)
                        .batchSize(batch)
                        .build());
        engine.start(made, settings.topics().names().deliverable());
        RecordBody bodies = new RecordBody(settings.registry().serde());
        made.batchVertxFuture(records -> send(post, bodies.of(records(records))));
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(PollContext<byte[], byte[]> context) {
        return context.getConsumerRecordsFlattened();
    }

    private static Future<HttpResponse<Buffer>> send(HttpRequest<Buffer> post, byte[] body) {
        return post.copy()
                .sendBuffer(Buffer.buffer(body))
                .compose(response -> response.statusCode() == 202
                        ? Future.succeededFuture(response)
                        : Future.failedFuture("HTTP " + response.statusCode()));
    }

    @Override
    public boolean ready() {
        return engine.ready();
    }

    @Override
    public void requireAlive() {
        engine.requireAlive();
    }

    @Override
    public long forwarded() {
        return -1;
    }

    @Override
    public void stop() {
        engine.stop();
    }
}
