package io.usageflow.sandbox.http;

import io.javalin.http.Context;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request and its connection. The only class that uses Javalin's context and Jetty's end point. */
final class Exchange {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
    /** Replaces an empty body, which could not be cut. */
    private static final byte[] TWO_BYTES = {'{', '}'};

    private static final String ACCOUNT_HEADER = "X-CREDYT-ACCOUNT";
    private static final int NO_CONTENT = 204;

    private final Context context;
    private final Route route;
    private final long startedNanos = System.nanoTime();
    private byte[] body = new byte[0];

    Exchange(Context context, Route route) {
        this.context = context;
        this.route = route;
    }

    Route route() {
        return route;
    }

    Context context() {
        return context;
    }

    byte[] body() {
        return body;
    }

    long micros() {
        return (System.nanoTime() - startedNanos) / 1_000;
    }

    @Nullable
    String header(String name) {
        return context.header(name);
    }

    /** The connected account that the request names; null if it names none. */
    @Nullable
    String account() {
        return context.header(ACCOUNT_HEADER);
    }

    /** As received, with the query. */
    String pathAndQuery() {
        String query = context.queryString();
        return query == null ? context.path() : context.path() + "?" + query;
    }

    /** Reads at most the bound. Returns whether the body was within it. */
    boolean readBody(int maxBytes) throws IOException {
        long declared = context.req().getContentLengthLong();
        if (declared > maxBytes) {
            return false;
        }
        body = context.req().getInputStream().readNBytes(maxBytes + 1);
        return body.length <= maxBytes;
    }

    ApiRequest request() {
        return new ApiRequest(
                context.pathParamMap(),
                context::queryParam,
                account(),
                body,
                context.scheme() + "://" + context.host());
    }

    /** Whether the content type is JSON. */
    boolean saysJson() {
        String type = context.contentType();
        if (type == null) {
            return false;
        }
        String media = type.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
        return media.equals("application/json") || media.endsWith("+json");
    }

    /** Writes to the servlet's stream: Javalin would copy each response through another buffer. */
    void send(ApiResponse response) {
        head(response);
        if (response.contentType() != null) {
            writing(() -> context.res().getOutputStream().write(response.body()));
        }
    }

    private void head(ApiResponse response) {
        context.res().setStatus(response.status());
        response.headers().forEach(context.res()::setHeader);
        // Also if it is null: Javalin has set a type of its own.
        context.res().setContentType(response.contentType());
        if (response.status() != NO_CONTENT) {
            context.res().setContentLength(response.body().length);
        }
    }

    /** Sends status and headers only. */
    void begin(ApiResponse response) {
        head(response);
        writing(() -> context.res().flushBuffer());
    }

    void continueWith(ApiResponse response, int from, int to) {
        writing(() -> {
            context.res().getOutputStream().write(response.body(), from, to - from);
            context.res().flushBuffer();
        });
    }

    private interface Writing {
        void write() throws IOException;
    }

    private void writing(Writing writing) {
        try {
            writing.write();
        } catch (IOException e) {
            // The connection is gone: the client gave up, or the sandbox is closing.
            LOG.debug("event=client_disconnected route={}", route.name(), e);
        }
    }

    /** Announces the whole response, sends the first half, and closes the connection. */
    void sendHalf(ApiResponse response) {
        begin(
                response.body().length > 1
                        ? response
                        : new ApiResponse(response.status(), "application/json", TWO_BYTES, Map.of()));
        continueWith(response, 0, response.body().length / 2);
        drop();
    }

    /** Closes the connection at once, with unsent bytes. */
    void drop() {
        ServletContextRequest.getServletContextRequest(context.req())
                .getConnectionMetaData()
                .getConnection()
                .getEndPoint()
                .close();
    }
}
