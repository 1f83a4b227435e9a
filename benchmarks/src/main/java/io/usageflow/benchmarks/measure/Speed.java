package io.usageflow.benchmarks.measure;

import java.util.List;

/**
 * The speed over the middle of a slice: from the first look at which 15 % were handled to the first at which 90 % were.
 * Before, caches fill and the first fetch is under way; after, partitions with fewer events are through already and a
 * thread may be idle.
 *
 * @param eventsPerSecond handled
 * @param cpuMicros CPU time of the side's own process for each event, microseconds
 * @param brokerCpuMicros CPU time of the broker for each event, microseconds
 * @param otherCores CPU that all else on the machine used meanwhile, in cores; what shared the CPU with the measurement
 * @param events on which this rests
 */
public record Speed(double eventsPerSecond, double cpuMicros, double brokerCpuMicros, double otherCores, long events) {
    private static final double FROM = 0.15;
    private static final double TO = 0.90;

    /**
     * The state of a side at work.
     *
     * @param nanos of the monotonic clock
     * @param handled events of the slice whose handling is committed
     * @param cpu used until then
     */
    record Sample(long nanos, long handled, CpuTimes.Reading cpu) {}

    /**
     * Takes the speed from the middle of a slice.
     *
     * @param samples in order of time, the last one with all of the slice handled
     * @param sliceEvents events of the slice
     */
    static Speed of(List<Sample> samples, long sliceEvents) {
        Sample from = first(samples, Math.round(sliceEvents * FROM));
        Sample to = first(samples, Math.round(sliceEvents * TO));
        if (to.handled() <= from.handled()) {
            // A slice so small that it was handled between two looks.
            return ofWhole(samples);
        }
        return between(from, to);
    }

    /** From the first look to the last. */
    static Speed ofWhole(List<Sample> samples) {
        return between(samples.get(0), samples.get(samples.size() - 1));
    }

    private static Speed between(Sample from, Sample to) {
        long events = to.handled() - from.handled();
        double nanos = Math.max(1, to.nanos() - from.nanos());
        CpuTimes.Reading cpu = to.cpu().since(from.cpu());
        return new Speed(
                events * 1e9 / nanos,
                cpu.own() / 1e3 / events,
                cpu.broker() / 1e3 / events,
                cpu.otherCores(nanos),
                events);
    }

    /** All of it in a line of a log. */
    public String text() {
        return "%d events/s, %.1f us CPU/event, %.1f us of the broker, %.2f cores used by others"
                .formatted(Math.round(eventsPerSecond), cpuMicros, brokerCpuMicros, otherCores);
    }

    private static Sample first(List<Sample> samples, long handled) {
        return samples.stream()
                .filter(sample -> sample.handled() >= handled)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the slice was not handled to its end"));
    }
}
