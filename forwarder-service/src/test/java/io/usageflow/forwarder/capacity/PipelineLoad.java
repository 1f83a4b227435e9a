package io.usageflow.forwarder.capacity;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What the pipeline takes of CPU and network at a steady rate, from publish to Credyt's answer. Up to 1,000 events per
 * second most of this goes into transactions and requests and does not grow with the rate: measured points, and
 * straight lines between them. Above, each further event costs what it costs at full speed. The figures are measured:
 * docs/capacity.md. Immutable.
 */
public record PipelineLoad(long eventsPerSecond) {
    private static final List<Point> MEASURED = List.of(
            new Point(0, 0.014, 0.015, 500),
            new Point(10, 0.030, 0.038, 29_200),
            new Point(100, 0.075, 0.088, 132_600),
            new Point(1_000, 0.142, 0.139, 624_000));

    /** Of admission and of delivery, as the next. */
    private static final double FORWARDER_CORES_PER_EVENT = (14 + 17) / 1e6;

    private static final double BROKER_CORES_PER_EVENT = (10 + 20) / 1e6;
    private static final double LOG_BYTES_PER_EVENT = 624;
    private static final int REPLICAS = 3;

    private record Point(long eventsPerSecond, double forwarderCores, double brokerCores, double logBytes) {}

    /** CPU of the forwarder, all instances together. */
    public double forwarderCores() {
        return at(Point::forwarderCores, FORWARDER_CORES_PER_EVENT);
    }

    /** CPU of the brokers as leaders; followers that copy come on top. */
    public double brokerCores() {
        return at(Point::brokerCores, BROKER_CORES_PER_EVENT);
    }

    /** Bytes per second by which Kafka's logs grow, one replica of each, before topics are cleaned. */
    public double logBytes() {
        return at(Point::logBytes, LOG_BYTES_PER_EVENT);
    }

    /**
     * Bytes per second that all brokers together receive with three replicas of each partition: each record once from
     * its producer and twice from its leader. They send at most as much: to followers, and once to a reader.
     */
    public double brokerNetworkBytes() {
        return REPLICAS * logBytes();
    }

    private double at(ToDoubleFunction<Point> value, double perEvent) {
        Point before = MEASURED.get(0);
        for (Point next : MEASURED) {
            if (eventsPerSecond <= next.eventsPerSecond) {
                double part = next.eventsPerSecond == before.eventsPerSecond
                        ? 0
                        : (double) (eventsPerSecond - before.eventsPerSecond)
                                / (next.eventsPerSecond - before.eventsPerSecond);
                return value.applyAsDouble(before) + part * (value.applyAsDouble(next) - value.applyAsDouble(before));
            }
            before = next;
        }
        return value.applyAsDouble(before) + (eventsPerSecond - before.eventsPerSecond) * perEvent;
    }
}
