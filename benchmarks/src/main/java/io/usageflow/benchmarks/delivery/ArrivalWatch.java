package io.usageflow.benchmarks.delivery;

import io.usageflow.benchmarks.sink.SinkProcess;
import io.usageflow.forwarder.observe.meter.DeliveryMeter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/** Reads the counts of the sink, and the meters of delivery, while a slice comes in; a middle part is kept. */
final class ArrivalWatch {
    private final SinkProcess sink;
    private final Supplier<Optional<Meters>> meters;
    private final double begin;
    private final double end;
    private @Nullable Point from;
    private @Nullable Point to;

    /**
     * The meters of delivery under {@code /metrics}, all outcomes together. Immutable.
     *
     * @param requests answered
     * @param requestSeconds from sending each until its answer was handled, summed up
     * @param settlements transactions
     * @param settlementSeconds they took, summed up
     * @param limit requests that may be in flight now
     */
    record Meters(double requests, double requestSeconds, double settlements, double settlementSeconds, double limit) {
        private static final HttpClient CLIENT = HttpClient.newHttpClient();

        static Meters read(String url) {
            try {
                String page = CLIENT.send(
                                HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
                        .body();
                return new Meters(
                        sum(page, DeliveryMeter.REQUESTS, "_seconds_count"),
                        sum(page, DeliveryMeter.REQUESTS, "_seconds_sum"),
                        sum(page, DeliveryMeter.SETTLEMENTS, "_seconds_count"),
                        sum(page, DeliveryMeter.SETTLEMENTS, "_seconds_sum"),
                        sum(page, DeliveryMeter.LIMIT, "_requests"));
            } catch (IOException e) {
                throw new UncheckedIOException("delivery's meters cannot be read", e);
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            }
        }

        private static double sum(String page, DeliveryMeter meter, String suffix) {
            String name = meter.meterName().replace('.', '_') + suffix;
            return page.lines()
                    .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        }

        Meters since(Meters before) {
            return new Meters(
                    requests - before.requests,
                    requestSeconds - before.requestSeconds,
                    settlements - before.settlements,
                    settlementSeconds - before.settlementSeconds,
                    limit);
        }
    }

    private record Point(long nanos, SinkProcess.Counts counts, Optional<Meters> read) {}

    private ArrivalWatch(SinkProcess sink, Supplier<Optional<Meters>> meters, double begin, double end) {
        this.sink = sink;
        this.meters = meters;
        this.begin = begin;
        this.end = end;
    }

    /** From 15 % to 90 %, as events per second are taken. */
    static ArrivalWatch mostOf(SinkProcess sink, Supplier<Optional<Meters>> meters) {
        return new ArrivalWatch(sink, meters, 0.15, 0.90);
    }

    /**
     * From 10 % to 50 %: while more customers have events to send than requests are allowed. Later only the busiest
     * accounts have events left, and the limit is not what holds them.
     */
    static ArrivalWatch earlyOn(SinkProcess sink, Supplier<Optional<Meters>> meters) {
        return new ArrivalWatch(sink, meters, 0.10, 0.50);
    }

    /** Returns how many events have arrived. Throws if one arrived that was not sent. */
    long look(long sliceEvents) {
        SinkProcess.Counts counts = sink.counts();
        if (counts.foreign() > 0) {
            throw new IllegalStateException("the sink was sent events that were not written: " + counts);
        }
        if (from == null && counts.distinct() >= sliceEvents * begin) {
            from = point(counts);
        } else if (to == null && counts.distinct() >= sliceEvents * end) {
            to = point(counts);
        }
        return counts.distinct();
    }

    private Point point(SinkProcess.Counts counts) {
        return new Point(System.nanoTime(), counts, meters.get());
    }

    double requestsPerSecond() {
        return to == null || from == null
                ? Double.NaN
                : (to.counts().requests() - from.counts().requests()) * 1e9 / (to.nanos() - from.nanos());
    }

    Optional<Meters> meters() {
        Point first = from;
        Point last = to;
        return first == null || last == null
                ? Optional.empty()
                : last.read().flatMap(after -> first.read().map(after::since));
    }
}
