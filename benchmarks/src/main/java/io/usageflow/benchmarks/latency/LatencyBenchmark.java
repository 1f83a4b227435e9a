package io.usageflow.benchmarks.latency;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.benchmarks.ground.Ground;
import io.usageflow.benchmarks.ground.SideOptions;
import io.usageflow.benchmarks.load.LinkWriter;
import io.usageflow.benchmarks.load.Slice;
import io.usageflow.benchmarks.measure.CpuTimes;
import io.usageflow.benchmarks.measure.SliceWatch;
import io.usageflow.benchmarks.process.ChildProcess;
import io.usageflow.benchmarks.side.SideKind;
import io.usageflow.benchmarks.side.SideProcess;
import io.usageflow.benchmarks.sink.Counts;
import io.usageflow.benchmarks.sink.SinkProcess;
import io.usageflow.embedded.TopicCreation;
import io.usageflow.schema.topic.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The whole pipeline at an even rate, with default settings. */
public final class LatencyBenchmark {
    private static final Logger LOG = LoggerFactory.getLogger(LatencyBenchmark.class);
    private static final Duration ARRIVED_LIMIT = Duration.ofMinutes(3);
    private static final long LOOK_EVERY_MS = 20;
    private static final int LANE = 1;
    private static final int WARM_UP_FASTER = 4;
    private static final Topics TOPICS = new Topics("latency");

    private final LatencyPlan plan;
    private final SideOptions options;

    /** The processes, once all of them run. */
    private record Parts(
            Ground ground, SinkProcess sink, SideProcess forwarder, ChildProcess publisher, AdmittedWatch admitted) {}

    public LatencyBenchmark(LatencyPlan plan, SideOptions options) {
        this.plan = plan;
        this.options = options;
    }

    /** Takes as long as the plan says. @throws IllegalStateException where a part fails, or an event is lost */
    public LatencyResults run() {
        LOG.info("starting broker, registry, sink, forwarder and publisher");
        try (Ground ground = Ground.start();
                SinkProcess sink = SinkProcess.start(ground);
                SideProcess forwarder = SideProcess.start(
                        SideKind.PIPELINE, options.jvm(), ground.directory().resolve("forwarder.log"));
                ChildProcess publisher = ChildProcess.start(
                        "the publisher",
                        PublisherMain.class,
                        List.of(),
                        options.jvm(),
                        ground.directory().resolve("publisher.log"))) {
            ground.count(forwarder.pid());
            ground.count(publisher.pid());
            open(ground, sink, forwarder, publisher);
            try (AdmittedWatch admitted = new AdmittedWatch(ground, TOPICS.deliverable(), plan.events())) {
                Parts parts = new Parts(ground, sink, forwarder, publisher, admitted);
                LOG.info("warming up with {} events", plan.warmUpEvents());
                round(parts, 0, plan.warmUpEvents(), plan.eventsPerSecond() * WARM_UP_FASTER);
                List<LatencyRound> rounds = new ArrayList<>();
                for (int i = 0; i < plan.rounds(); i++) {
                    LatencyRound round = round(
                            parts,
                            plan.warmUpEvents() + i * plan.roundEvents(),
                            plan.roundEvents(),
                            plan.eventsPerSecond());
                    LOG.info("round {}: {}", i + 1, round);
                    rounds.add(round);
                }
                return new LatencyResults(plan, options, rounds);
            }
        }
    }

    private void open(Ground ground, SinkProcess sink, SideProcess forwarder, ChildProcess publisher) {
        TopicCreation.create(ground.admin(), TOPICS.specs(Ground.PARTITIONS, Duration.ofDays(35)));
        Slice links = LinkWriter.write(ground.bootstrapServers(), TOPICS, ground.registrySettings());
        Map<String, String> settings = new HashMap<>(ground.registrySettings());
        settings.put("kafka.bootstrap.servers", ground.bootstrapServers());
        settings.put("roles", "admission,delivery");
        settings.put("topics.prefix", TOPICS.prefix());
        settings.put("instance.id", "latency");
        settings.put("admin.port", "0");
        settings.put("admin.page.max.age", "0s");
        settings.put("state.dir", ground.directory().resolve("state").toString());
        settings.put("credyt.url", sink.url());
        settings.put("credyt.api.key", "key_of_the_benchmark");
        settings.putAll(options.settings());
        forwarder.startProgram(settings);
        SliceWatch.ofGroup(
                        ground.admin(),
                        TOPICS.prefix() + ".admission",
                        ground.cpuTimes(forwarder.pid()),
                        forwarder::requireAlive)
                .await(links);
        sink.lane(LANE);
        Map<String, String> publishing = new HashMap<>(ground.registrySettings());
        publishing.put("bootstrap.servers", ground.bootstrapServers());
        publishing.put("topics.prefix", TOPICS.prefix());
        try {
            publisher.ask("open " + new ObjectMapper().writeValueAsString(publishing));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the publisher's settings are no JSON", e);
        }
    }

    private LatencyRound round(Parts parts, int first, int count, int perSecond) {
        Path file = parts.ground().directory().resolve("published");
        CpuTimes cpu = parts.ground().cpuTimes(parts.forwarder().pid());
        CpuTimes.Reading before = cpu.read();
        long publisherBefore = CpuTimes.nanos(parts.publisher().pid());
        long sinkBefore = CpuTimes.nanos(parts.sink().pid());
        long begun = System.nanoTime();
        String late =
                parts.publisher().ask("publish " + LANE + " " + first + " " + count + " " + perSecond + " " + file);
        awaitAll(parts, first + count);
        double nanos = System.nanoTime() - begun;
        CpuTimes.Reading after = cpu.read();
        var cores = new LatencyRound.Cores(
                (CpuTimes.nanos(parts.publisher().pid()) - publisherBefore) / nanos,
                (after.own() - before.own()) / nanos,
                (after.broker() - before.broker()) / nanos,
                (CpuTimes.nanos(parts.sink().pid()) - sinkBefore) / nanos,
                Math.max(0, (after.machine() - before.machine() - after.ours() + before.ours()) / nanos));
        long[] published = read(file, count);
        long[] arrived = parts.sink().arrivals(first + count);
        AdmittedWatch admitted = parts.admitted();
        return new LatencyRound(
                times(count, i -> arrived[first + i] - published[i]),
                times(count, i -> admitted.admittedMicros(first + i) - published[i]),
                times(count, i -> admitted.visibleMicros(first + i) - published[i]),
                times(count, i -> arrived[first + i] - admitted.visibleMicros(first + i)),
                cores,
                Long.parseLong(late) / 1e3);
    }

    private static Distribution times(int count, IntToLongFunction micros) {
        long[] all = new long[count];
        java.util.Arrays.setAll(all, micros);
        return Distribution.of(all);
    }

    /** Until each event has arrived at the sink, and has been seen on its way there. */
    private static void awaitAll(Parts parts, int events) {
        long deadline = System.nanoTime() + ARRIVED_LIMIT.toNanos();
        while (parts.sink().counts().distinct() < events || !seen(parts.admitted(), events)) {
            parts.forwarder().requireAlive();
            parts.admitted().requireAlive();
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "of " + events + " events " + parts.sink().counts().distinct() + " have arrived after "
                                + ARRIVED_LIMIT.toMinutes() + " minutes");
            }
            pause();
        }
        Counts counts = parts.sink().counts();
        if (counts.distinct() != events || counts.repeats() != 0 || counts.foreign() != 0) {
            throw new IllegalStateException("of " + events + " events the sink counts " + counts);
        }
    }

    private static boolean seen(AdmittedWatch admitted, int events) {
        for (int i = events - 1; i >= 0; i--) {
            if (admitted.visibleMicros(i) == 0) {
                return false;
            }
        }
        return true;
    }

    private static long[] read(Path file, int count) {
        try {
            long[] micros = new long[count];
            ByteBuffer.wrap(Files.readAllBytes(file)).asLongBuffer().get(micros);
            return micros;
        } catch (IOException e) {
            throw new UncheckedIOException("the publisher's times cannot be read", e);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_EVERY_MS);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
