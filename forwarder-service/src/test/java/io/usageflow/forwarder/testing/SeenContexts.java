package io.usageflow.forwarder.testing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextStorage;
import io.opentelemetry.context.ContextStorageProvider;
import io.opentelemetry.context.Scope;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** OpenTelemetry's contexts as instrumentation would see them: notes the span of each that becomes current. */
public final class SeenContexts implements ContextStorageProvider {
    private static final List<SpanContext> SEEN = new CopyOnWriteArrayList<>();

    /** All that became current in this process with a span, the first one first. */
    public static List<SpanContext> all() {
        return List.copyOf(SEEN);
    }

    @Override
    public ContextStorage get() {
        ContextStorage storage = ContextStorage.defaultStorage();
        return new ContextStorage() {
            @Override
            public Scope attach(Context context) {
                SpanContext span = Span.fromContext(context).getSpanContext();
                if (span.isValid()) {
                    SEEN.add(span);
                }
                return storage.attach(context);
            }

            @Override
            public @Nullable Context current() {
                return storage.current();
            }
        };
    }
}
