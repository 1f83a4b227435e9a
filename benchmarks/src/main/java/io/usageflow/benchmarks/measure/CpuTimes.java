package io.usageflow.benchmarks.measure;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** CPU times of a side's process, of the broker, of all of the benchmark and of the machine. Thread-safe. */
public final class CpuTimes {
    /** /proc/stat counts in hundredths of a second on every Linux (proc(5)). */
    private static final long TICK_NANOS = 10_000_000;

    /** Option of a JVM whose compiler threads do not end while it runs. */
    public static final String LASTING_COMPILERS = "-XX:-UseDynamicNumberOfCompilerThreads";

    /** HotSpot names them "C1 CompilerThread0", "C2 CompilerThread0", which Linux cuts. */
    private static final Pattern COMPILER = Pattern.compile("\\(C[12] Comp");

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

    /**
     * Times of the calling thread, in nanoseconds. Immutable.
     *
     * @param elapsed by the monotonic clock
     * @param cpu used
     * @param queued ready to run while no core was free; 0 on other systems than Linux
     * @param pageReads page faults that read from a disk; 0 on other systems than Linux
     */
    public record OfThread(long elapsed, long cpu, long queued, long pageReads) {
        public static OfThread now() {
            Path thread = Path.of("/proc/thread-self");
            // schedstat: time on a core, time in the run queue. stat: behind the name, majflt is the 10th field.
            long queued = lines(thread.resolve("schedstat"))
                    .mapToLong(line -> Long.parseLong(line.split(" ")[1]))
                    .sum();
            long pageReads = lines(thread.resolve("stat"))
                    .mapToLong(stat -> Long.parseLong(
                            stat.substring(stat.lastIndexOf(')') + 2).split(" ")[9]))
                    .sum();
            return new OfThread(
                    System.nanoTime(),
                    ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime(),
                    queued,
                    pageReads);
        }

        public OfThread since(OfThread before) {
            return new OfThread(
                    elapsed - before.elapsed, cpu - before.cpu, queued - before.queued, pageReads - before.pageReads);
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
     * Returns the CPU time that a JVM's compiler threads have used, in nanoseconds, to the hundredth of a second; 0 on
     * other systems than Linux. Counts only threads that still run: start the JVM with {@link #LASTING_COMPILERS}.
     */
    public static long compilerNanos(long pid) {
        File[] threads = Path.of("/proc", Long.toString(pid), "task").toFile().listFiles();
        return Stream.of(threads == null ? new File[0] : threads)
                .flatMap(thread -> lines(thread.toPath().resolve("stat")))
                .filter(stat -> COMPILER.matcher(stat).find())
                // Behind the name in parentheses, utime and stime are the 12th and 13th field.
                .map(stat -> stat.substring(stat.lastIndexOf(')') + 2).split(" "))
                .mapToLong(fields -> (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_NANOS)
                .sum();
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
