package io.usageflow.benchmarks.measure;

import io.usageflow.benchmarks.load.Slice;
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
 * Watches one side come through slices. Where it reads and writes Kafka, what counts as handled are the offsets its group
 * has committed: under exactly-once they are in the same transactions as everything that handling an event brings about,
 * so they are the same measure for every side. Where it sends requests, what counts is what has arrived.
 */
public final class SliceWatch {
    private static final Duration LIMIT = Duration.ofMinutes(20);
    private static final Duration ALIVE_INTERVAL = Duration.ofSeconds(2);
    private static final Duration INTERVAL = Duration.ofMillis(25);

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
     * @throws IllegalStateException where the side fails, or is not through after 20 minutes
     */
    public Speed await(Slice slice) {
        return Speed.of(samples(slice), slice.events());
    }

    /** The same over the whole slice, for what does not happen evenly within it. */
    public Speed awaitWhole(Slice slice) {
        return Speed.ofWhole(samples(slice));
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
}
