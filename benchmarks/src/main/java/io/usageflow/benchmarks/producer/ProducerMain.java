package io.usageflow.benchmarks.producer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.usageflow.benchmarks.cluster.ChildProcess.OrderLoop;
import io.usageflow.benchmarks.measure.Polling;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One side. Orders: {@code open}, the side's name and its settings as JSON; {@code flood} and {@code floodMade}, how
 * many events as fast as one thread can; {@code pace}, how many and how many a second. The answer is a {@link Run} as
 * JSON.
 */
final class ProducerMain implements OrderLoop.Handler {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final List<Sender.Usage> usages = Sender.Usage.all();
    private @Nullable Sender opened;

    /**
     * What one side did in one round. Immutable.
     *
     * @param events handed over
     * @param until when
     * @param call how long the caller's calls took
     * @param cpu time for one event; not taken at a given pace, which waits by spinning
     * @param callBytes that the caller's thread allocated for one event
     * @param lateNanos by how much the latest call came late; 0 without a pace
     */
    record Run(int events, Until until, Call call, Cpu cpu, long callBytes, long lateNanos) {
        /**
         * Times from the first call.
         *
         * @param durableNanos until all events were durable
         * @param kafkaNanos until Kafka had all of them
         */
        record Until(long durableNanos, long kafkaNanos) {}

        /**
         * Times of the calls.
         *
         * @param nanos the median at a given pace, otherwise the mean with all waiting for room
         * @param nanos99 99 % of the calls took no longer; 0 without a pace
         * @param nanos999 the same of 99.9 %
         */
        record Call(long nanos, long nanos99, long nanos999) {}

        /**
         * CPU times.
         *
         * @param callerNanos of the caller's thread
         * @param processNanos of all of the side's process: Kafka's thread, the collector, the compiler
         */
        record Cpu(long callerNanos, long processNanos) {}

        static Run parse(String json) {
            try {
                return JSON.readValue(json, Run.class);
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("a side answered " + json, e);
            }
        }

        double perSecond() {
            return events * 1e9 / until.durableNanos;
        }

        double perSecondToKafka() {
            return events * 1e9 / until.kafkaNanos;
        }

        double callMicros99() {
            return call.nanos99 / 1e3;
        }

        double processCpuNanos() {
            return cpu.processNanos;
        }
    }

    private ProducerMain() {}

    public static void main(String[] args) throws IOException {
        OrderLoop.run(new ProducerMain());
    }

    @Override
    public String handle(String order, String rest) throws IOException {
        String[] words = rest.split(" ", 2);
        return switch (order) {
            case "open" -> {
                opened = ProducerSide.valueOf(words[0])
                        .open(JSON.readValue(words[1], new TypeReference<Map<String, String>>() {}));
                opened.make(usages);
                yield "";
            }
            case "flood" -> JSON.writeValueAsString(flood(Integer.parseInt(words[0]), false));
            case "floodMade" -> JSON.writeValueAsString(flood(Integer.parseInt(words[0]), true));
            case "pace" -> JSON.writeValueAsString(pace(Integer.parseInt(words[0]), Integer.parseInt(words[1])));
            default -> throw new IllegalArgumentException("unknown order " + order);
        };
    }

    private Run flood(int count, boolean made) {
        Sender to = sender();
        long bytesBefore = THREADS.getCurrentThreadAllocatedBytes();
        long threadBefore = THREADS.getCurrentThreadCpuTime();
        long processBefore = SYSTEM.getProcessCpuTime();
        long begun = System.nanoTime();
        for (int i = 0; i < count; i++) {
            if (made) {
                to.sendMade(i % Sender.Usage.COUNT);
            } else {
                to.send(usages.get(i % Sender.Usage.COUNT));
            }
        }
        long handed = System.nanoTime();
        long thread = THREADS.getCurrentThreadCpuTime() - threadBefore;
        long bytes = THREADS.getCurrentThreadAllocatedBytes() - bytesBefore;
        to.awaitDurable();
        long durable = System.nanoTime();
        to.awaitKafka();
        return new Run(
                count,
                new Run.Until(durable - begun, System.nanoTime() - begun),
                new Run.Call((handed - begun) / count, 0, 0),
                new Run.Cpu(thread / count, (SYSTEM.getProcessCpuTime() - processBefore) / count),
                bytes / count,
                0);
    }

    private Run pace(int count, int perSecond) {
        Sender to = sender();
        long[] callNanos = new long[count];
        long bytesBefore = THREADS.getCurrentThreadAllocatedBytes();
        long begun = System.nanoTime();
        long lateNanos = 0;
        for (int i = 0; i < count; i++) {
            long due = begun + i * 1_000_000_000L / perSecond;
            Polling.parkUntil(due);
            long before = System.nanoTime();
            to.sendMade(i % Sender.Usage.COUNT);
            callNanos[i] = System.nanoTime() - before;
            lateNanos = Math.max(lateNanos, before - due);
        }
        long bytes = THREADS.getCurrentThreadAllocatedBytes() - bytesBefore;
        to.awaitDurable();
        long durable = System.nanoTime();
        to.awaitKafka();
        Arrays.sort(callNanos);
        return new Run(
                count,
                new Run.Until(durable - begun, System.nanoTime() - begun),
                new Run.Call(callNanos[count / 2], callNanos[(int) (count * 0.99)], callNanos[(int) (count * 0.999)]),
                new Run.Cpu(0, 0),
                bytes / count,
                lateNanos);
    }

    private Sender sender() {
        return Objects.requireNonNull(opened, "open comes first");
    }

    @Override
    public void stop() {
        if (opened != null) {
            opened.close();
        }
    }
}
