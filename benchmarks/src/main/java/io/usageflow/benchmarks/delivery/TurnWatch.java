package io.usageflow.benchmarks.delivery;

import io.usageflow.benchmarks.sink.Counts;
import io.usageflow.benchmarks.sink.SinkProcess;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Counts at the sink while a slice comes in, of which a middle part is kept. */
final class TurnWatch {
    private final SinkProcess sink;
    private final Supplier<Optional<EngineMeters>> meters;
    private final double begin;
    private final double end;
    private @Nullable Point from;
    private @Nullable Point to;

    private record Point(long nanos, Counts counts, Optional<EngineMeters> engine) {}

    private TurnWatch(SinkProcess sink, Supplier<Optional<EngineMeters>> meters, double begin, double end) {
        this.sink = sink;
        this.meters = meters;
        this.begin = begin;
        this.end = end;
    }

    /** From 15 % to 90 %, as events per second are taken. */
    static TurnWatch mostOf(SinkProcess sink, Supplier<Optional<EngineMeters>> meters) {
        return new TurnWatch(sink, meters, 0.15, 0.90);
    }

    /**
     * From 10 % to 50 %: while there are more customers with anything to send than requests allowed. Later only the busiest
     * accounts have events left, and what cannot be sent is no matter of the limit.
     */
    static TurnWatch earlyOn(SinkProcess sink, Supplier<Optional<EngineMeters>> meters) {
        return new TurnWatch(sink, meters, 0.10, 0.50);
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
        if (from == null && counts.distinct() >= sliceEvents * begin) {
            from = point(counts);
        } else if (to == null && counts.distinct() >= sliceEvents * end) {
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
        Point first = from;
        Point last = to;
        return first == null || last == null
                ? Optional.empty()
                : last.engine().flatMap(after -> first.engine().map(after::since));
    }
}
