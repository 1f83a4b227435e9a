package io.usageflow.benchmarks.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** What Linux tells in its /proc files (proc(5)); empty on other systems. */
public final class ProcFiles {
    /** /proc/stat counts in hundredths of a second on every Linux there is. */
    private static final long TICK_NANOS = 10_000_000;

    private ProcFiles() {}

    /**
     * A line of a process's status in bytes.
     *
     * @param name such as VmRSS, what is resident now, or VmHWM, the most that ever was
     */
    public static OptionalLong statusBytes(long pid, String name) {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        if (!Files.isReadable(status)) {
            return OptionalLong.empty();
        }
        try {
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith(name + ":"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                    .findFirst();
        } catch (IOException gone) {
            return OptionalLong.empty();
        }
    }

    /** CPU time that everything on the machine has used, waiting for disks not counted. */
    static OptionalLong machineCpuNanos() {
        Path stat = Path.of("/proc/stat");
        if (!Files.isReadable(stat)) {
            return OptionalLong.empty();
        }
        try {
            // cpu user nice system idle iowait irq softirq steal guest guest_nice; guest is in user already.
            String[] fields = Files.readAllLines(stat).get(0).strip().split("\\s+");
            long ticks = 0;
            for (int i = 1; i <= 8 && i < fields.length; i++) {
                if (i != 4 && i != 5) {
                    ticks += Long.parseLong(fields[i]);
                }
            }
            return OptionalLong.of(ticks * TICK_NANOS);
        } catch (IOException unreadable) {
            return OptionalLong.empty();
        }
    }
}
