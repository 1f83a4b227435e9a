package io.usageflow.benchmarks.program;

import io.confluent.parallelconsumer.ParallelConsumerOptions;
import io.confluent.parallelconsumer.ParallelConsumerOptions.ProcessingOrder;
import io.confluent.parallelconsumer.ParallelEoSStreamProcessor;
import io.confluent.parallelconsumer.internal.AbstractParallelEoSStreamProcessor;
import io.confluent.parallelconsumer.vertx.VertxParallelEoSStreamProcessor;
import io.usageflow.benchmarks.program.PeerConsumer.BlockingPost;
import io.usageflow.benchmarks.program.PeerConsumer.RequestBodies;
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
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parallel Consumer, as its documentation advises: as many requests at once as {@code delivery.max.in.flight} says, a
 * connection for each; commits asynchronously every five seconds, its default.
 */
public final class ParallelConsumerProgram implements SideProgram {
    private static final int BATCH = 50;

    private final Module module;
    private PeerConsumer joined = new PeerConsumer();
    private @Nullable AbstractParallelEoSStreamProcessor<byte[], byte[]> processor;
    private Runnable closeClient = () -> {};

    /** Starts one of its modules. */
    private interface Module {
        AbstractParallelEoSStreamProcessor<byte[], byte[]> start(ParallelConsumerProgram program, Settings settings);
    }

    private ParallelConsumerProgram(Module module) {
        this.module = module;
    }

    /** Its Vert.x module, ordered by key, one record a request. */
    public static ParallelConsumerProgram vertxByKey() {
        return new ParallelConsumerProgram((program, settings) -> program.vertx(settings, ProcessingOrder.KEY, 1));
    }

    /** Its Vert.x module, without order, 50 records of any customers a request. */
    public static ParallelConsumerProgram vertxBatches() {
        return new ParallelConsumerProgram(
                (program, settings) -> program.vertx(settings, ProcessingOrder.UNORDERED, BATCH));
    }

    /** Its core module, ordered by key, one record a request, Apache's blocking client in a thread for each. */
    public static ParallelConsumerProgram coreByKey() {
        return new ParallelConsumerProgram(ParallelConsumerProgram::core);
    }

    @Override
    public void start(Settings settings) {
        joined = new PeerConsumer();
        processor = module.start(this, settings);
    }

    /** It runs the function that makes a request in one thread; Vert.x sends. */
    private AbstractParallelEoSStreamProcessor<byte[], byte[]> vertx(
            Settings settings, ProcessingOrder order, int batch) {
        Vertx vertx = Vertx.vertx();
        WebClient client = WebClient.create(
                vertx,
                new WebClientOptions()
                        .setMaxPoolSize(settings.delivery().inFlight().max())
                        .setTcpNoDelay(true));
        HttpRequest<Buffer> post = client.requestAbs(
                        HttpMethod.POST, settings.credyt().url() + "/events")
                .putHeader("content-type", "application/json")
                .putHeader("X-CREDYT-API-KEY", settings.credyt().apiKey().text().value());
        var made = new VertxParallelEoSStreamProcessor<byte[], byte[]>(
                vertx, client, options(settings, order).batchSize(batch).build());
        subscribe(made, settings);
        RequestBodies bodies = new RequestBodies(settings.registry().serde());
        made.batchVertxFuture(context -> send(post, bodies.of(context.getConsumerRecordsFlattened())));
        return made;
    }

    private static Future<HttpResponse<Buffer>> send(HttpRequest<Buffer> post, byte[] body) {
        return post.copy()
                .sendBuffer(Buffer.buffer(body))
                .compose(response -> response.statusCode() == 202
                        ? Future.succeededFuture(response)
                        : Future.failedFuture("HTTP " + response.statusCode()));
    }

    private AbstractParallelEoSStreamProcessor<byte[], byte[]> core(Settings settings) {
        Map<String, ?> registry = settings.registry().serde();
        ThreadLocal<RequestBodies> bodies = ThreadLocal.withInitial(() -> new RequestBodies(registry));
        BlockingPost client = new BlockingPost(
                settings.credyt(), settings.delivery().inFlight().max());
        closeClient = client::close;
        var made = new ParallelEoSStreamProcessor<byte[], byte[]>(
                options(settings, ProcessingOrder.KEY).build());
        subscribe(made, settings);
        made.poll(context -> client.send(bodies.get().of(List.of(context.getSingleConsumerRecord()))));
        return made;
    }

    private void subscribe(AbstractParallelEoSStreamProcessor<byte[], byte[]> made, Settings settings) {
        made.subscribe(List.of(settings.topics().names().deliverable()), joined);
    }

    private static ParallelConsumerOptions.ParallelConsumerOptionsBuilder<byte[], byte[]> options(
            Settings settings, ProcessingOrder order) {
        return ParallelConsumerOptions.<byte[], byte[]>builder()
                .consumer(PeerConsumer.of(settings))
                .ordering(order)
                .maxConcurrency(settings.delivery().inFlight().max());
    }

    @Override
    public boolean ready() {
        return joined.assigned();
    }

    @Override
    public void requireAlive() {
        if (processor == null) {
            throw new IllegalStateException("Parallel Consumer was not started");
        }
        if (processor.isClosedOrFailed()) {
            throw new IllegalStateException("Parallel Consumer has ended", processor.getFailureCause());
        }
    }

    @Override
    public void stop() {
        if (processor != null) {
            processor.closeDontDrainFirst();
            processor = null;
        }
        closeClient.run();
        closeClient = () -> {};
    }
}
