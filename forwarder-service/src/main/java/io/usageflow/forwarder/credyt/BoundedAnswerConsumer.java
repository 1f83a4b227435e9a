package io.usageflow.forwarder.credyt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncResponseConsumer;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Reads an answer and keeps a bounded part of its body. The rest is read and dropped, so that the connection stays
 * usable; a body beyond {@value #READ_MAX} bytes ends both.
 */
final class BoundedAnswerConsumer implements AsyncResponseConsumer<Answer> {
    static final int READ_MAX = 1024 * 1024;

    private final boolean secure;
    private final int keptMax;
    private final boolean statusCounts;
    private final Consumer<Answer> early;
    private int status;
    private Map<String, String> headers = Map.of();
    private byte[] body = new byte[256];
    private int length;
    private long read;
    private boolean fromProxy;
    private @Nullable FutureCallback<Answer> callback;

    /**
     * Reads one answer.
     *
     * @param secure whether Credyt uses TLS, so that an answer without TLS is not Credyt's
     * @param keptMax bytes of the body to keep, at most {@value #READ_MAX}
     * @param statusCounts whether an answer with a broken body counts, because of its status
     * @param early receives an answer without waiting for its end
     */
    BoundedAnswerConsumer(boolean secure, int keptMax, boolean statusCounts, Consumer<Answer> early) {
        this.secure = secure;
        this.keptMax = keptMax;
        this.statusCounts = statusCounts;
        this.early = early;
    }

    @Override
    public void consumeResponse(
            HttpResponse response,
            @Nullable EntityDetails entity,
            HttpContext context,
            FutureCallback<Answer> resultCallback) {
        status = response.getCode();
        // A proxy that refuses to connect answers itself; its 404 is not Credyt's.
        fromProxy = secure && HttpClientContext.cast(context).getSSLSession() == null;
        Map<String, String> all = new HashMap<>();
        for (Header header : response.getHeaders()) {
            String value = header.getValue();
            all.merge(header.getName().toLowerCase(Locale.ROOT), value == null ? "" : value, (a, b) -> a + ", " + b);
        }
        headers = all;
        callback = resultCallback;
        if (entity == null) {
            resultCallback.completed(answer(true));
        }
    }

    @Override
    public void informationResponse(HttpResponse response, HttpContext context) {
        // 1xx is not the answer.
    }

    @Override
    public void updateCapacity(CapacityChannel channel) throws IOException {
        channel.update(Integer.MAX_VALUE);
    }

    @Override
    public void consume(ByteBuffer bytes) throws IOException {
        read += bytes.remaining();
        int kept = Math.min(bytes.remaining(), keptMax - length);
        if (length + kept > body.length) {
            body = Arrays.copyOf(body, Math.min(keptMax, Math.max(length + kept, body.length * 2)));
        }
        bytes.get(body, length, kept);
        length += kept;
        bytes.position(bytes.limit());
        if (read > READ_MAX) {
            early.accept(answer(false));
            throw new IOException("the answer is longer than " + READ_MAX + " bytes");
        }
    }

    @Override
    public void streamEnd(@Nullable List<? extends Header> trailers) {
        if (callback != null) {
            callback.completed(answer(true));
        }
    }

    private Answer answer(boolean ended) {
        if (fromProxy && status != 407) {
            return new Answer.Failure(false, "the proxy does not connect: it answers HTTP " + status);
        }
        var text = ResponseBody.of(Arrays.copyOf(body, length), !ended || read > length, headers, keptMax);
        return new Answer.Response(status, headers, text.text(), !text.complete());
    }

    @Override
    public void failed(Exception cause) {
        if (callback != null) {
            if (statusCounts) {
                early.accept(answer(false));
            }
            callback.failed(cause);
        }
    }

    @Override
    public void releaseResources() {
        body = new byte[0];
        length = 0;
    }
}
