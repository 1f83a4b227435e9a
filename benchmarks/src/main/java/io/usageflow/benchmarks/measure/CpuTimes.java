package io.usageflow.benchmarks.measure;

import java.time.Duration;
import java.util.Collection;

/** CPU times of a side's process, of the broker, of all of the benchmark and of the machine. Thread-safe. */
public final class CpuTimes {
    private final long own;
    private final long broker;
    private final Collection<Long> ours;

    /**
     * @param own process id of the side
     * @param broker process id of the broker
     * @param ours process ids of the benchmark, these two and its own included; may grow meanwhile
     */
    public CpuTimes(long own, long broker, Collection<Long> ours) {
        this.own = own;
        this.broker = broker;
        this.ours = ours;
    }

    /** Nanoseconds since each process, or the machine, started. */
    public record Reading(long own, long broker, long machine, long ours) {}

    public Reading read() {
        return new Reading(
                nanos(own),
                nanos(broker),
                ProcFiles.machineCpuNanos().orElse(0),
                ours.stream().mapToLong(CpuTimes::nanos).sum());
    }

    /** CPU time a process has used, nanoseconds; 0 where it is gone. */
    public static long nanos(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .map(Duration::toNanos)
                .orElse(0L);
    }
}
