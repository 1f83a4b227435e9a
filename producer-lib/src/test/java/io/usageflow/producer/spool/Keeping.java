package io.usageflow.producer.spool;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.producer.PublishException;
import java.util.concurrent.CompletableFuture;

/** One who wants a record kept. */
final class Keeping implements Spooled {
    final CompletableFuture<String> future = new CompletableFuture<>();
    private final String id;
    private final String key;

    Keeping(String id, String key) {
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
    public void kept() {
        future.complete(id);
    }

    @Override
    public void refused(PublishException why) {
        future.completeExceptionally(why);
    }
}
