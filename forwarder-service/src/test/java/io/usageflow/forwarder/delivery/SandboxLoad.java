package io.usageflow.forwarder.delivery;

import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.http.RequestLog;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * What the sandbox had to bear in a span of time, by its request log. Immutable.
 *
 * @param requests that began in it
 * @param failed of them, answered with anything but a success
 * @param atOnce most requests at one moment
 * @param perSecond most requests that began within one second, wherever that second begins
 */
record SandboxLoad(int requests, int failed, int atOnce, int perSecond) {
    private record Span(Instant from, Instant to, boolean failed) {
        static Span of(RequestLog.Entry entry) {
            return new Span(
                    entry.at().minus(entry.micros(), ChronoUnit.MICROS),
                    entry.at(),
                    !entry.result().startsWith("2"));
        }
    }

    /** @throws IllegalStateException where the log has forgotten what was in the span */
    static SandboxLoad between(CredytSandbox sandbox, Instant from, Instant to) {
        List<RequestLog.Entry> log = sandbox.requests().entries();
        if (log.size() == sandbox.behaviour().limits().requestLog()) {
            throw new IllegalStateException("the request log is full: give it more room");
        }
        List<Span> spans = log.stream()
                .map(Span::of)
                .filter(span -> !span.from.isBefore(from) && span.from.isBefore(to))
                .sorted(Comparator.comparing(Span::from))
                .toList();
        int failed = (int) spans.stream().filter(Span::failed).count();
        return new SandboxLoad(spans.size(), failed, atOnce(spans), perSecond(spans));
    }

    private static int atOnce(List<Span> spans) {
        PriorityQueue<Instant> ends = new PriorityQueue<>();
        int most = 0;
        for (Span span : spans) {
            while (!ends.isEmpty() && ends.peek().isBefore(span.from)) {
                ends.remove();
            }
            ends.add(span.to);
            most = Math.max(most, ends.size());
        }
        return most;
    }

    private static int perSecond(List<Span> spans) {
        int most = 0;
        int first = 0;
        for (int last = 0; last < spans.size(); last++) {
            while (spans.get(first).from.plusSeconds(1).isBefore(spans.get(last).from)) {
                first++;
            }
            most = Math.max(most, last - first + 1);
        }
        return most;
    }
}
