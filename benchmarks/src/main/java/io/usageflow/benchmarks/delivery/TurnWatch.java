package io.usageflow.benchmarks.delivery;

import io.usageflow.benchmarks.sink.Counts;
import io.usageflow.benchmarks.sink.SinkProcess;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Counts at the sink while a slice comes in; what lies between 15 % and 90 % of it is kept, as events per second are. */
final class TurnWatch {
    private static final double FROM = 0.15;
    private static final double TO = 0.90;

    private final SinkProcess sink;
    private final Supplier<Optional<EngineMeters>> meters;
    private @Nullable Point from;
    private @Nullable Point to;

    private record Point(long nanos, Counts counts, Optional<EngineMeters> engine) {}

    TurnWatch(SinkProcess sink, Supplier<Optional<EngineMeters>> meters) {
        this.sink = sink;
        this.meters = meters;
    }

    /**
     * @return events that came by now
     * @throws IllegalStateException where something came that nobody sent
     */
    long look(long sliceEvents) {
        Counts counts = sink.counts();
        if (counts.foreign() > 0) {
            throw new IllegalStateException("the sink was sent what no one wrote: " + counts);
        }
        if (from == null && counts.distinct() >= sliceEvents * FROM) {
            from = point(counts);
        } else if (to == null && counts.distinct() >= sliceEvents * TO) {
            to = point(counts);
        }
        return counts.distinct();
    }

    private Point point(Counts counts) {
        return new Point(System.nanoTime(), counts, meters.get());
    }

    double requestsPerSecond() {
        return to == null || from == null
                ? Double.NaN
                : (to.counts().requests() - from.counts().requests()) * 1e9 / (to.nanos() - from.nanos());
    }

    Optional<EngineMeters> engine() {
        Point begin = from;
        Point end = to;
        return begin == null || end == null
                ? Optional.empty()
                : end.engine().flatMap(after -> begin.engine().map(after::since));
    }
}
