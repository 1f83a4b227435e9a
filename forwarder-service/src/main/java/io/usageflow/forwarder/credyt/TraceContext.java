package io.usageflow.forwarder.credyt;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A producer's W3C trace context (https://www.w3.org/TR/trace-context/), from the record's headers to those of a
 * request. Immutable; what is not in the specified form is left out, since anybody can write to a topic.
 *
 * @param state absent if there is none, or it is longer than 512 characters
 */
public record TraceContext(String parent, Optional<String> state) {
    public static final String PARENT = "traceparent";
    public static final String STATE = "tracestate";

    private static final TextMapGetter<Map<String, String>> READER = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Map<String, String> headers) {
            return headers.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Map<String, String> headers, String name) {
            return headers == null ? null : headers.get(name);
        }
    };

    private static final Pattern PARENT_FORM =
            Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");
    private static final Pattern STATE_FORM = Pattern.compile("[ -~\\t]{1,512}");

    /**
     * The context that all records have in common. A request has one parent: if the records of a batch have several,
     * or one has none, it has none, because any choice would put the others' events into a foreign trace.
     *
     * @param records at least one
     */
    public static Optional<TraceContext> common(List<Headers> records) {
        Optional<TraceContext> first = of(records.get(0));
        return first.filter(context -> records.stream()
                .skip(1)
                .allMatch(headers -> of(headers).filter(context::equals).isPresent()));
    }

    private static Optional<TraceContext> of(Headers headers) {
        return text(headers, PARENT, PARENT_FORM)
                .map(parent -> new TraceContext(parent, text(headers, STATE, STATE_FORM)));
    }

    private static Optional<String> text(Headers headers, String name, Pattern form) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null
                ? Optional.empty()
                : Optional.of(new String(header.value(), ISO_8859_1))
                        .filter(text -> form.matcher(text).matches());
    }

    /**
     * As OpenTelemetry's context. Instrumentation of the HTTP client takes the current one as the parent of its span,
     * and writes its own headers over those of the request: without it, the trace would end here.
     */
    Context context() {
        return W3CTraceContextPropagator.getInstance().extract(Context.root(), headers(), READER);
    }

    /** As headers of a request. */
    Map<String, String> headers() {
        var headers = new LinkedHashMap<String, String>();
        headers.put(PARENT, parent);
        state.ifPresent(text -> headers.put(STATE, text));
        return headers;
    }
}
