package io.usageflow.sandbox.http;

import io.javalin.http.Context;
import java.io.IOException;
import java.util.Map;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request and its connection, behind verbs; the only class that knows Javalin's context and Jetty's end point. */
final class Exchange {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
    /** Announced in place of an empty body, which could not be cut. */
    private static final byte[] TWO_BYTES = {'{', '}'};

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

    /** With the query, as it came. */
    String pathAndQuery() {
        String query = context.queryString();
        return query == null ? context.path() : context.path() + "?" + query;
    }

    /** Whether the body was within the bound; no more than the bound is ever held. */
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
                context.pathParamMap(), context::queryParam, body, context.scheme() + "://" + context.host());
    }

    /** Whether the client says that it sends JSON. */
    boolean saysJson() {
        String type = context.contentType();
        if (type == null) {
            return false;
        }
        String media = type.split(";", 2)[0].trim().toLowerCase(java.util.Locale.ROOT);
        return media.equals("application/json") || media.endsWith("+json");
    }

    /** Straight to the servlet's stream: Javalin's own way copies each answer through another buffer. */
    void send(Answer answer) {
        head(answer);
        if (answer.contentType() != null) {
            writing(() -> context.res().getOutputStream().write(answer.body()));
        }
    }

    private void head(Answer answer) {
        context.res().setStatus(answer.status());
        answer.headers().forEach(context.res()::setHeader);
        // Also where it is null: Javalin has set one of its own.
        context.res().setContentType(answer.contentType());
        if (answer.status() != NO_CONTENT) {
            context.res().setContentLength(answer.body().length);
        }
    }

    /** Sends status and headers only. */
    void begin(Answer answer) {
        head(answer);
        writing(() -> context.res().flushBuffer());
    }

    void continueWith(Answer answer, int from, int to) {
        writing(() -> {
            context.res().getOutputStream().write(answer.body(), from, to - from);
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
            // Its connection is gone: a client that gave up, or a sandbox that is being closed. Nobody is left to tell.
            LOG.debug("the client left before the whole answer was sent: route={}", route.name(), e);
        }
    }

    /** Announces the whole answer, sends the first half, and closes the connection. */
    void sendHalf(Answer answer) {
        begin(answer.body().length > 1 ? answer : new Answer(answer.status(), "application/json", TWO_BYTES, Map.of()));
        continueWith(answer, 0, answer.body().length / 2);
        drop();
    }

    /** Closes the connection; what has not been sent never will be. */
    void drop() {
        ServletContextRequest.getServletContextRequest(context.req())
                .getConnectionMetaData()
                .getConnection()
                .getEndPoint()
                .close();
    }
}
