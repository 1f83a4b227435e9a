package io.usageflow.forwarder.doctor.check;

import io.usageflow.forwarder.doctor.CheckResult;
import java.lang.management.ManagementFactory;
import java.util.List;

/** Whether this JVM has room; a forwarder that is started with the same options has the same. */
public final class MemoryCheck {
    static final String NAME = "memory";
    private static final long MIB = 1024 * 1024;
    private static final long HEAP_MIN = 512 * MIB;

    private MemoryCheck() {}

    static List<CheckResult> look() {
        long machine =
                ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                        ? system.getTotalMemorySize()
                        : Long.MAX_VALUE;
        return List.of(judge(
                Runtime.getRuntime().maxMemory(), machine, Runtime.version().feature()));
    }

    public static CheckResult judge(long heapBytes, long machineBytes, int java) {
        String detail = "Java %d, heap up to %,d MiB of %,d MiB".formatted(java, heapBytes / MIB, machineBytes / MIB);
        if (heapBytes < HEAP_MIN) {
            return CheckResult.warn(NAME, detail, "give 512 MiB or more: USAGEFLOW_JAVA_OPTS=-Xmx1g");
        }
        if (heapBytes > machineBytes / 10 * 8) {
            return CheckResult.warn(
                    NAME, detail, "leave a fifth outside the heap: admission's store and the network need it");
        }
        return CheckResult.ok(NAME, detail);
    }
}
