package io.usageflow.benchmarks.producer;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.usageflow.benchmarks.process.OrderLoop;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One side. Orders: {@code open}, the side's name and its settings as JSON; {@code flood} and {@code floodMade}, how many
 * events as fast as one thread can; {@code pace}, how many and how many a second. The answer is a {@link Run} as JSON.
 */
final class ProducerMain implements OrderLoop.Obedient {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final ObjectMapper json = new ObjectMapper();
    private final Usage[] usages = Usage.all();
    private @Nullable Sender opened;

    private ProducerMain() {}

    public static void main(String[] args) throws IOException {
        OrderLoop.run(new ProducerMain());
    }

    @Override
    public String obey(String order, String rest) throws IOException {
        String[] words = rest.split(" ", 2);
        switch (order) {
            case "open" -> {
                opened = ProducerSide.valueOf(words[0])
                        .open(json.readValue(words[1], new TypeReference<Map<String, String>>() {}));
                opened.make(usages);
                return "";
            }
            case "flood" -> {
                return json.writeValueAsString(flood(Integer.parseInt(words[0]), false));
            }
            case "floodMade" -> {
                return json.writeValueAsString(flood(Integer.parseInt(words[0]), true));
            }
            case "pace" -> {
                return json.writeValueAsString(pace(Integer.parseInt(words[0]), Integer.parseInt(words[1])));
            }
            default -> throw new IllegalArgumentException("unknown order " + order);
        }
    }

    private Run flood(int count, boolean made) {
        Sender to = sender();
        long bytesBefore = THREADS.getCurrentThreadAllocatedBytes();
        long threadBefore = THREADS.getCurrentThreadCpuTime();
        long processBefore = SYSTEM.getProcessCpuTime();
        long begun = System.nanoTime();
        for (int i = 0; i < count; i++) {
            if (made) {
                to.sendMade(i % Usage.COUNT);
            } else {
                to.send(usages[i % Usage.COUNT]);
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
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            long before = System.nanoTime();
            to.sendMade(i % Usage.COUNT);
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
