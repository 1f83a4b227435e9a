package io.usageflow.benchmarks.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** CPU times of a side's process, of the broker, of all of the benchmark and of the machine. Thread-safe. */
public final class CpuTimes {
    /** /proc/stat counts in hundredths of a second on every Linux (proc(5)). */
    private static final long TICK_NANOS = 10_000_000;

    private final long own;
    private final long broker;
    private final Collection<Long> benchmark;

    /**
     * @param own process id of the side
     * @param broker process id of the broker
     * @param benchmark process ids of the benchmark, these two and its own included; may grow meanwhile
     */
    public CpuTimes(long own, long broker, Collection<Long> benchmark) {
        this.own = own;
        this.broker = broker;
        this.benchmark = benchmark;
    }

    /**
     * CPU times in nanoseconds since each process, or the machine, started. Immutable.
     *
     * @param machine of everything on the machine; 0 if the system does not tell
     * @param benchmark of all processes of the benchmark
     */
    public record Reading(long own, long broker, long machine, long benchmark) {
        /** What was used since an earlier reading. */
        public Reading since(Reading before) {
            return new Reading(
                    own - before.own, broker - before.broker, machine - before.machine, benchmark - before.benchmark);
        }

        /** The cores that processes other than the benchmark's used over this time. */
        public double otherCores(double nanos) {
            return Math.max(0, (machine - benchmark) / nanos);
        }
    }

    public Reading read() {
        return new Reading(
                nanos(own),
                nanos(broker),
                machineNanos(),
                benchmark.stream().mapToLong(CpuTimes::nanos).sum());
    }

    /** Returns the CPU time that a process has used, in nanoseconds; 0 if it has ended. */
    public static long nanos(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .map(Duration::toNanos)
                .orElse(0L);
    }

    /**
     * Returns a line of a process's status in bytes (proc(5)); 0 on other systems than Linux.
     *
     * @param name such as VmRSS, what is resident now, or VmHWM, the most that ever was
     */
    public static long statusBytes(long pid, String name) {
        return lines(Path.of("/proc", Long.toString(pid), "status"))
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                .findFirst()
                .orElse(0);
    }

    /** CPU time of everything on the machine; the wait for disks does not count. */
    private static long machineNanos() {
        // cpu user nice system idle iowait irq softirq steal guest guest_nice; user contains guest.
        String[] fields =
                lines(Path.of("/proc/stat")).findFirst().orElse("").strip().split("\\s+");
        return IntStream.of(1, 2, 3, 6, 7, 8)
                .filter(field -> field < fields.length)
                .mapToLong(field -> Long.parseLong(fields[field]) * TICK_NANOS)
                .sum();
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.isReadable(file) ? Files.readAllLines(file).stream() : Stream.empty();
        } catch (IOException unreadable) {
            return Stream.empty();
        }
    }
}
