package io.usageflow.benchmarks.measure;

import io.usageflow.benchmarks.load.Slice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Watches one consumer group come through slices. What counts as handled are the offsets the group has committed: under
 * exactly-once they are in the same transactions as everything that handling an event brings about, so they are the same
 * measure for every side.
 */
public final class SliceWatch {
    private static final Duration LIMIT = Duration.ofMinutes(20);
    private static final Duration ALIVE_EVERY = Duration.ofSeconds(2);
    private static final long LOOK_EVERY_MS = 25;

    private final Admin admin;
    private final String group;
    private final CpuTimes cpu;
    private final Runnable requireAlive;

    /**
     * @param group the side's consumer group
     * @param cpu of its process and the others
     * @param requireAlive throws where the side has failed
     */
    public SliceWatch(Admin admin, String group, CpuTimes cpu, Runnable requireAlive) {
        this.admin = admin;
        this.group = group;
        this.cpu = cpu;
        this.requireAlive = requireAlive;
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

    private List<Sample> samples(Slice slice) {
        List<Sample> samples = new ArrayList<>();
        long begunNanos = System.nanoTime();
        long aliveNanos = begunNanos;
        while (true) {
            Sample sample = look(slice);
            samples.add(sample);
            if (sample.handled() >= slice.events()) {
                return samples;
            }
            if (sample.nanos() - begunNanos > LIMIT.toNanos()) {
                throw new IllegalStateException(group + " has handled " + sample.handled() + " of " + slice.events()
                        + " events after " + LIMIT.toMinutes() + " minutes");
            }
            if (sample.nanos() - aliveNanos > ALIVE_EVERY.toNanos()) {
                requireAlive.run();
                aliveNanos = sample.nanos();
            }
            pause();
        }
    }

    private Sample look(Slice slice) {
        long handled = slice.handled(committed());
        CpuTimes.Reading reading = cpu.read();
        return new Sample(
                System.nanoTime(), handled, reading.own(), reading.broker(), reading.machine(), reading.ours());
    }

    private Map<TopicPartition, Long> committed() {
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

    private static void pause() {
        try {
            Thread.sleep(LOOK_EVERY_MS);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
