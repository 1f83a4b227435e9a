package io.usageflow.forwarder.delivery.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.delivery.Answer;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.hc.client5.http.async.methods.AbstractBinResponseConsumer;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/** Reads an answer, of which it keeps {@value #BYTES_MAX} bytes of body; the rest is read and dropped. */
final class BoundedAnswerConsumer extends AbstractBinResponseConsumer<Answer> {
    static final int BYTES_MAX = 64 * 1024;

    private int status;
    private Map<String, String> headers = Map.of();
    private byte[] body = new byte[256];
    private int length;
    private boolean truncated;

    @Override
    protected void start(HttpResponse response, @Nullable ContentType contentType) {
        status = response.getCode();
        Map<String, String> first = new HashMap<>();
        for (Header header : response.getHeaders()) {
            String value = header.getValue();
            first.putIfAbsent(header.getName().toLowerCase(Locale.ROOT), value == null ? "" : value);
        }
        headers = first;
    }

    @Override
    protected int capacityIncrement() {
        return Integer.MAX_VALUE;
    }

    @Override
    protected void data(ByteBuffer bytes, boolean endOfStream) {
        int kept = Math.min(bytes.remaining(), BYTES_MAX - length);
        if (length + kept > body.length) {
            body = Arrays.copyOf(body, Math.min(BYTES_MAX, Math.max(length + kept, body.length * 2)));
        }
        bytes.get(body, length, kept);
        length += kept;
        if (bytes.hasRemaining()) {
            truncated = true;
            bytes.position(bytes.limit());
        }
    }

    @Override
    protected Answer buildResult() {
        return new Answer.Response(status, headers, new String(body, 0, length, UTF_8), truncated);
    }

    @Override
    public void releaseResources() {
        body = new byte[0];
        length = 0;
    }
}
