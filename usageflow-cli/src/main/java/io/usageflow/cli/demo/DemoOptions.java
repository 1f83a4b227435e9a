package io.usageflow.cli.demo;

import io.usageflow.cli.command.WrongUsageException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What a run of the demo is asked to do. Immutable.
 *
 * @param inputs traces in Azure's format; none generates one
 * @param events how many requests at most; {@value #GENERATED_EVENTS} where none are given and the trace is generated
 * @param accounts how many customers there are, at least 1
 * @param speed as many times as fast as the trace; empty for as fast as it goes
 */
public record DemoOptions(List<Path> inputs, OptionalInt events, int accounts, OptionalDouble speed) {
    public static final int GENERATED_EVENTS = 10_000;
    public static final int ACCOUNTS = 200;

    public DemoOptions {
        inputs = List.copyOf(inputs);
        if (events.isPresent() && events.getAsInt() < 1) {
            throw new WrongUsageException("--events is " + events.getAsInt() + ": use at least 1");
        }
        if (accounts < 1) {
            throw new WrongUsageException("--accounts is " + accounts + ": use at least 1");
        }
        if (speed.isPresent() && !(speed.getAsDouble() > 0)) {
            throw new WrongUsageException("--speed is " + speed.getAsDouble() + ": use max, or a number above 0");
        }
    }

    /**
     * Reads or generates the trace.
     *
     * @throws WrongUsageException if an input cannot be read at all
     */
    public DemoTrace trace() {
        if (inputs.isEmpty()) {
            return GeneratedTrace.of(events.orElse(GENERATED_EVENTS));
        }
        DemoTrace trace =
                inputs.stream().map(AzureTrace::read).reduce(new DemoTrace(List.of(), List.of()), DemoTrace::and);
        if (trace.rows().isEmpty()) {
            throw new WrongUsageException("--input has no readable request"
                    + trace.badLines().stream()
                            .findFirst()
                            .map(bad -> " (" + bad + ")")
                            .orElse("") + ": name a file with at least one");
        }
        return events.isPresent() ? trace.atMost(events.getAsInt()) : trace;
    }
}
