package io.usageflow.producer.internal.spool;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.producer.PublishException;
import io.usageflow.producer.internal.spool.write.FrameBatch.SpoolEntry;
import java.util.concurrent.CompletableFuture;

/** One who wants a record kept. */
public final class WaitingCaller implements SpoolEntry {
    public final CompletableFuture<String> future = new CompletableFuture<>();
    private final String id;
    private final String key;

    public WaitingCaller(String id, String key) {
        this.id = id;
        this.key = key;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public byte[] key() {
        return key.getBytes(UTF_8);
    }

    @Override
    public String traceparent() {
        return id.endsWith("7") ? "00-trace-of-" + id : null;
    }

    @Override
    public void onDurable() {
        future.complete(id);
    }

    @Override
    public void onRefused(PublishException why) {
        future.completeExceptionally(why);
    }
}
