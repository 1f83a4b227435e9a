package io.usageflow.benchmarks.measure;

import io.usageflow.benchmarks.load.SliceWriter.Slice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Watches one side come through slices. Where it reads and writes Kafka, what counts as handled are the offsets its
 * group has committed: under exactly-once they are in the same transactions as everything that handling an event brings
 * about, so they are the same measure for every side. Where it sends requests, what counts is what has arrived.
 */
public final class SliceWatch {
    private static final Duration LIMIT = Duration.ofMinutes(20);
    private static final Duration ALIVE_INTERVAL = Duration.ofSeconds(2);
    private static final Duration INTERVAL = Duration.ofMillis(25);
    private static final Duration BEGUN_INTERVAL = Duration.ofMillis(5);

    private final String name;
    private final ToLongFunction<Slice> progress;
    private final CpuTimes cpu;
    private final Runnable requireAlive;

    /**
     * @param name of who is watched, for messages
     * @param progress how many events of a slice are handled now
     * @param cpu of its process and the others
     * @param requireAlive throws where the side has failed
     */
    public SliceWatch(String name, ToLongFunction<Slice> progress, CpuTimes cpu, Runnable requireAlive) {
        this.name = name;
        this.progress = progress;
        this.cpu = cpu;
        this.requireAlive = requireAlive;
    }

    /** Of a consumer group: what counts as handled lies before the offsets it has committed. */
    public static SliceWatch ofGroup(Admin admin, String group, CpuTimes cpu, Runnable requireAlive) {
        return new SliceWatch(group, slice -> slice.handled(committed(admin, group)), cpu, requireAlive);
    }

    /**
     * Returns when the slice is handled.
     *
     * @throws IllegalStateException if the side fails, or is not through after 20 minutes
     */
    public Speed await(Slice slice) {
        return Speed.of(samples(slice), slice.events());
    }

    /** The same over the whole slice, for what does not happen evenly within it. */
    public Speed awaitWhole(Slice slice) {
        return Speed.ofWhole(samples(slice));
    }

    /** Returns when some of the slice is handled, a few milliseconds later at most. */
    public void awaitBegun(Slice slice) {
        if (!Polling.await(LIMIT, BEGUN_INTERVAL, () -> progress.applyAsLong(slice) > 0)) {
            throw new IllegalStateException(name + " has handled none of " + slice.events() + " events after "
                    + LIMIT.toMinutes() + " minutes");
        }
    }

    private List<Speed.Sample> samples(Slice slice) {
        List<Speed.Sample> samples = new ArrayList<>();
        long[] aliveNanos = {System.nanoTime()};
        boolean through = Polling.await(LIMIT, INTERVAL, () -> {
            Speed.Sample sample = new Speed.Sample(System.nanoTime(), progress.applyAsLong(slice), cpu.read());
            samples.add(sample);
            if (sample.nanos() - aliveNanos[0] > ALIVE_INTERVAL.toNanos()) {
                requireAlive.run();
                aliveNanos[0] = sample.nanos();
            }
            return sample.handled() >= slice.events();
        });
        if (!through) {
            throw new IllegalStateException(
                    name + " has handled " + samples.get(samples.size() - 1).handled() + " of " + slice.events()
                            + " events after " + LIMIT.toMinutes() + " minutes");
        }
        return samples;
    }

    private static Map<TopicPartition, Long> committed(Admin admin, String group) {
        try {
            Map<TopicPartition, Long> offsets = new HashMap<>();
            admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .forEach((partition, offset) -> {
                        if (offset != null) {
                            offsets.put(partition, offset.offset());
                        }
                    });
            return offsets;
        } catch (ExecutionException e) {
            throw new KafkaException("the offsets of " + group + " cannot be read", e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /**
     * The speed over the middle of a slice: from the first look at which 15 % were handled to the first at which 90 %
     * were. Before, caches fill and the first fetch is under way; after, partitions with fewer events are through
     * already and a thread may be idle.
     *
     * @param eventsPerSecond handled
     * @param cpuMicrosPerEvent CPU time of the side's own process for each event, microseconds
     * @param brokerCpuMicrosPerEvent CPU time of the broker for each event, microseconds
     * @param otherCores CPU that all else on the machine used meanwhile, in cores; what shared the CPU with the
     *     measurement
     * @param eventsMeasured on which this rests
     */
    public record Speed(
            double eventsPerSecond,
            double cpuMicrosPerEvent,
            double brokerCpuMicrosPerEvent,
            double otherCores,
            long eventsMeasured) {
        private static final double FROM = 0.15;
        private static final double TO = 0.90;

        /**
         * The state of a side at work.
         *
         * @param nanos of the monotonic clock
         * @param handled events of the slice whose handling is committed
         * @param cpu used until then
         */
        record Sample(long nanos, long handled, CpuTimes.Reading cpu) {}

        /**
         * Takes the speed from the middle of a slice.
         *
         * @param samples in order of time, the last one with all of the slice handled
         * @param sliceEvents events of the slice
         */
        static Speed of(List<Sample> samples, long sliceEvents) {
            Sample from = first(samples, Math.round(sliceEvents * FROM));
            Sample to = first(samples, Math.round(sliceEvents * TO));
            if (to.handled() <= from.handled()) {
                // A slice so small that it was handled between two looks.
                return ofWhole(samples);
            }
            return between(from, to);
        }

        /** From the first look to the last. */
        static Speed ofWhole(List<Sample> samples) {
            return between(samples.get(0), samples.get(samples.size() - 1));
        }

        private static Speed between(Sample from, Sample to) {
            long events = to.handled() - from.handled();
            double nanos = Math.max(1, to.nanos() - from.nanos());
            CpuTimes.Reading cpu = to.cpu().since(from.cpu());
            return new Speed(
                    events * 1e9 / nanos,
                    cpu.own() / 1e3 / events,
                    cpu.broker() / 1e3 / events,
                    cpu.otherCores(nanos),
                    events);
        }

        /** One line for a log. */
        public String text() {
            return "%d events/s, %.1f us CPU/event, %.1f us of the broker, %.2f cores used by others"
                    .formatted(Math.round(eventsPerSecond), cpuMicrosPerEvent, brokerCpuMicrosPerEvent, otherCores);
        }

        private static Sample first(List<Sample> samples, long handled) {
            return samples.stream()
                    .filter(sample -> sample.handled() >= handled)
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("the slice was not handled to its end"));
        }
    }
}
