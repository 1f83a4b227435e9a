package io.usageflow.benchmarks.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.management.ManagementFactory;

/** Where a run took place. */
public final class Machine {
    private Machine() {}

    public static ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("cores", Runtime.getRuntime().availableProcessors());
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system) {
            json.put("memoryMiB", system.getTotalMemorySize() >> 20);
        }
        json.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        json.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        return json;
    }
}
