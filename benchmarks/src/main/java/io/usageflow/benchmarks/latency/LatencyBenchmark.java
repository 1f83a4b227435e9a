package io.usageflow.benchmarks.latency;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.usageflow.benchmarks.cluster.BenchmarkCluster;
import io.usageflow.benchmarks.cluster.ChildProcess;
import io.usageflow.benchmarks.cluster.ChildProcess.MicrosFile;
import io.usageflow.benchmarks.load.Accounts;
import io.usageflow.benchmarks.load.SliceWriter.Slice;
import io.usageflow.benchmarks.measure.BenchmarkCommand;
import io.usageflow.benchmarks.measure.CpuTimes;
import io.usageflow.benchmarks.measure.Polling;
import io.usageflow.benchmarks.measure.Report;
import io.usageflow.benchmarks.measure.Rounds;
import io.usageflow.benchmarks.side.SideKind;
import io.usageflow.benchmarks.side.SideOptions;
import io.usageflow.benchmarks.side.SideProcess;
import io.usageflow.benchmarks.sink.SinkProcess;
import io.usageflow.schema.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** P7: the whole pipeline at an even rate, with default settings. */
public final class LatencyBenchmark {
    private static final Logger LOG = LoggerFactory.getLogger(LatencyBenchmark.class);
    private static final Duration ARRIVED_LIMIT = Duration.ofMinutes(3);
    private static final Duration INTERVAL = Duration.ofMillis(20);
    private static final int LANE = 1;
    private static final int WARM_UP_FASTER = 4;
    private static final Topics TOPICS = new Topics("latency");

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

    /** The processes, once all of them run. */
    private record Parts(
            BenchmarkCluster cluster,
            SinkProcess sink,
            SideProcess forwarder,
            ChildProcess publisher,
            AdmittedWatch admitted) {}

    /** Runs the plan. Throws if a part fails, or an event is lost. */
    Report run() {
        LOG.info("event=starting parts=\"broker, registry, sink, forwarder, publisher\"");
        try (BenchmarkCluster cluster = BenchmarkCluster.start();
                SinkProcess sink = SinkProcess.start(cluster);
                SideProcess forwarder = SideProcess.start(cluster, "forwarder", SideKind.PIPELINE, options.jvm());
                ChildProcess publisher =
                        cluster.startProcess("the publisher", PublisherMain.class, List.of(), options.jvm())) {
            open(cluster, sink, forwarder, publisher);
            try (AdmittedWatch admitted = new AdmittedWatch(cluster, TOPICS.deliverable(), plan.events())) {
                Parts parts = new Parts(cluster, sink, forwarder, publisher, admitted);
                LOG.info("event=warming_up events={}", plan.warmUpEvents());
                round(parts, 0, plan.warmUpEvents(), plan.eventsPerSecond() * WARM_UP_FASTER);
                Iterator<Integer> firsts = IntStream.iterate(plan.warmUpEvents(), at -> at + plan.roundEvents())
                        .iterator();
                return new LatencyReport(plan, options, Rounds.repeat(0, plan.rounds(), () -> {
                            Round round = round(parts, firsts.next(), plan.roundEvents(), plan.eventsPerSecond());
                            LOG.info("event=round result=\"{}\"", round);
                            return round;
                        }))
                        .report();
            }
        }
    }

    private void open(BenchmarkCluster cluster, SinkProcess sink, SideProcess forwarder, ChildProcess publisher) {
        cluster.create(TOPICS);
        Slice links = Accounts.writeLinks(TOPICS, cluster.bootstrapServers(), cluster.registrySettings());
        Map<String, String> settings = cluster.forwarderSettings(TOPICS, "admission,delivery", "latency");
        sink.configure(settings);
        settings.putAll(options.settings());
        forwarder.startProgram(settings);
        forwarder.admissionWatch(TOPICS).await(links);
        sink.lane(LANE);
        Map<String, String> publishing = new HashMap<>(cluster.registrySettings());
        publishing.put("bootstrap.servers", cluster.bootstrapServers());
        publishing.put("topics.prefix", TOPICS.prefix());
        publisher.ask("open", publishing);
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
        /** In cores. */
        record Cores(double publisher, double forwarder, double broker, double sink, double others) {}
    }

    private Round round(Parts parts, int first, int count, int perSecond) {
        Path file = parts.cluster().directory().resolve("published");
        CpuTimes.Reading before = parts.forwarder().cpuTimes().read();
        long publisherBefore = CpuTimes.nanos(parts.publisher().pid());
        long sinkBefore = parts.sink().cpuNanos();
        long begun = System.nanoTime();
        String late =
                parts.publisher().ask("publish " + LANE + " " + first + " " + count + " " + perSecond + " " + file);
        awaitAll(parts, first + count);
        double nanos = System.nanoTime() - begun;
        CpuTimes.Reading used = parts.forwarder().cpuTimes().read().since(before);
        var cores = new Round.Cores(
                (CpuTimes.nanos(parts.publisher().pid()) - publisherBefore) / nanos,
                used.own() / nanos,
                used.broker() / nanos,
                (parts.sink().cpuNanos() - sinkBefore) / nanos,
                used.otherCores(nanos));
        long[] published = MicrosFile.read(file, count);
        long[] arrived = parts.sink().arrivals(first + count);
        AdmittedWatch admitted = parts.admitted();
        return new Round(
                times(count, i -> arrived[first + i] - published[i]),
                times(count, i -> admitted.admittedMicros(first + i) - published[i]),
                times(count, i -> admitted.visibleMicros(first + i) - published[i]),
                times(count, i -> arrived[first + i] - admitted.visibleMicros(first + i)),
                cores,
                Long.parseLong(late) / 1e3);
    }

    private static LatencyReport.Distribution times(int count, IntToLongFunction micros) {
        long[] all = new long[count];
        Arrays.setAll(all, micros);
        return LatencyReport.Distribution.of(all);
    }

    /** Until each event has arrived at the sink, and has been seen on its way there. */
    private static void awaitAll(Parts parts, int events) {
        boolean arrived = Polling.await(ARRIVED_LIMIT, INTERVAL, () -> {
            parts.forwarder().requireAlive();
            parts.admitted().requireAlive();
            return parts.sink().counts().distinct() >= events
                    && parts.admitted().sawAll(events);
        });
        SinkProcess.Counts counts = parts.sink().counts();
        if (!arrived || !counts.isExactly(events)) {
            throw new IllegalStateException("of " + events + " events the sink counts " + counts
                    + (arrived ? "" : " after " + ARRIVED_LIMIT.toMinutes() + " minutes"));
        }
    }
}
