package io.usageflow.benchmarks.latency;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.usageflow.benchmarks.measure.BenchmarkCommand;
import io.usageflow.benchmarks.measure.CpuTimes;
import io.usageflow.benchmarks.measure.Report;
import io.usageflow.benchmarks.measure.Rounds;
import io.usageflow.benchmarks.side.SideOptions;
import java.util.Iterator;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** P7: the whole pipeline at an even rate, with default settings. */
public final class LatencyBenchmark {
    private static final Logger LOG = LoggerFactory.getLogger(LatencyBenchmark.class);
    private static final int WARM_UP_FASTER = 4;

    private final Plan plan;
    private final SideOptions options;

    LatencyBenchmark(Plan plan, SideOptions options) {
        this.plan = plan;
        this.options = options;
    }

    /** {@code benchmarks/run latency}. */
    @Command(
            name = "latency",
            description = "P7: from publish to the request, through the whole pipeline at 1,000 events a second.")
    public static final class Cli extends BenchmarkCommand {
        @Mixin
        private SideOptions.Flags flags = new SideOptions.Flags();

        @Override
        protected Report measure(boolean quick) {
            return new LatencyBenchmark(quick ? Plan.quickly() : Plan.full(), flags.with(jvm())).run();
        }
    }

    /**
     * How much is measured. Immutable.
     *
     * @param quick whether this is too small to judge by
     * @param rounds that count
     * @param warmUpEvents flow before, four times as fast, so that no JVM is cold
     * @param seconds of a round
     * @param eventsPerSecond published evenly
     */
    record Plan(
            boolean quick,
            int rounds,
            int warmUpEvents,
            @JsonProperty("roundSeconds") int seconds,
            int eventsPerSecond) {
        Plan {
            if (rounds < 1 || warmUpEvents < 1 || seconds < 1 || eventsPerSecond < 1) {
                throw new IllegalArgumentException(
                        "at least one round, one second, one event per second and one to warm up");
            }
        }

        /** The size of the goal; five minutes. */
        static Plan full() {
            return new Plan(false, 7, 160_000, 25, 1_000);
        }

        /** Whether everything works, and roughly how fast. */
        static Plan quickly() {
            return new Plan(true, 3, 60_000, 8, 1_000);
        }

        int roundEvents() {
            return seconds * eventsPerSecond;
        }

        int events() {
            return warmUpEvents + rounds * roundEvents();
        }
    }

    /** Runs the plan. Throws if a part fails, or an event is lost. */
    Report run() {
        LOG.info("event=starting parts=\"broker, registry, sink, forwarder, publisher\"");
        return Pipeline.with(options, this::measure);
    }

    private Report measure(Pipeline pipeline) {
        try (AdmittedWatch admitted =
                new AdmittedWatch(pipeline.cluster(), Pipeline.TOPICS.deliverable(), plan.events())) {
            LOG.info("event=warming_up events={}", plan.warmUpEvents());
            round(pipeline, admitted, 0, plan.warmUpEvents(), plan.eventsPerSecond() * WARM_UP_FASTER);
            Iterator<Integer> firsts = IntStream.iterate(plan.warmUpEvents(), at -> at + plan.roundEvents())
                    .iterator();
            return new LatencyReport(plan, options, Rounds.repeat(0, plan.rounds(), () -> {
                        Round round =
                                round(pipeline, admitted, firsts.next(), plan.roundEvents(), plan.eventsPerSecond());
                        LOG.info("event=round result=\"{}\"", round);
                        return round;
                    }))
                    .report();
        }
    }

    /**
     * What one round has found. Immutable.
     *
     * @param total from the call of publish until the request has arrived
     * @param toAdmitted from the call until admission took the event in hand
     * @param toVisible from the call until the deliverable event was committed and read
     * @param toRequest from there until the request has arrived
     * @param cores that the processes used meanwhile
     * @param lateMs by how much the publisher's latest call was late: what it waited for the CPU itself
     */
    record Round(
            LatencyReport.Distribution total,
            LatencyReport.Distribution toAdmitted,
            LatencyReport.Distribution toVisible,
            LatencyReport.Distribution toRequest,
            Cores cores,
            double lateMs) {
        record Cores(double publisher, double forwarder, double broker, double sink, double others) {}
    }

    private static Round round(Pipeline pipeline, AdmittedWatch admitted, int first, int count, int perSecond) {
        CpuTimes.Reading before = pipeline.forwarder().cpuTimes().read();
        long publisherBefore = CpuTimes.nanos(pipeline.publisher().pid());
        long sinkBefore = pipeline.sink().cpuNanos();
        long begun = System.nanoTime();
        Pipeline.Published published = pipeline.publish(first, count, perSecond);
        pipeline.awaitArrived(first + count, () -> {
            admitted.requireAlive();
            return admitted.sawAll(first + count);
        });
        double nanos = System.nanoTime() - begun;
        CpuTimes.Reading used = pipeline.forwarder().cpuTimes().read().since(before);
        var cores = new Round.Cores(
                (CpuTimes.nanos(pipeline.publisher().pid()) - publisherBefore) / nanos,
                used.own() / nanos,
                used.broker() / nanos,
                (pipeline.sink().cpuNanos() - sinkBefore) / nanos,
                used.otherCores(nanos));
        long[] arrived = pipeline.sink().arrivals(first + count);
        return new Round(
                LatencyReport.Distribution.of(
                        count, i -> arrived[first + i] - published.micros()[i]),
                LatencyReport.Distribution.of(
                        count,
                        i -> admitted.admittedMicros(first + i) - published.micros()[i]),
                LatencyReport.Distribution.of(
                        count,
                        i -> admitted.visibleMicros(first + i) - published.micros()[i]),
                LatencyReport.Distribution.of(count, i -> arrived[first + i] - admitted.visibleMicros(first + i)),
                cores,
                published.lateMs());
    }
}
