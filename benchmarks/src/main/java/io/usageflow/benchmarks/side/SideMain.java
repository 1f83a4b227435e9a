package io.usageflow.benchmarks.side;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.benchmarks.cluster.OrderLoop;
import io.usageflow.benchmarks.program.SideProgram;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * A side's process. Orders: {@code start} and the settings as JSON; {@code ready} (1 or 0); {@code forwarded}; {@code
 * forgotten}; {@code metrics}, their address; {@code stop}.
 */
final class SideMain implements OrderLoop.Handler {
    private final SideProgram program;

    private SideMain(SideProgram program) {
        this.program = program;
    }

    /** Argument: the kind's word. */
    public static void main(String[] args) throws IOException {
        OrderLoop.run(new SideMain(
                SideKind.ofWord(args[0], List.of(SideKind.values())).program()));
    }

    @Override
    public String handle(String order, String rest) throws IOException {
        return switch (order) {
            case "start" -> {
                Map<String, String> given =
                        new ObjectMapper().readValue(rest, new TypeReference<Map<String, String>>() {});
                program.start(Settings.load(ConfigSources.none().with(given, "benchmark")));
                yield "";
            }
            case "ready" -> {
                program.requireAlive();
                yield program.ready() ? "1" : "0";
            }
            case "forwarded" -> Long.toString(program.forwarded());
            case "metrics" -> program.metricsUrl();
            case "forgotten" -> Long.toString(program.forgotten());
            case "stop" -> {
                program.stop();
                yield "";
            }
            default -> throw new IllegalArgumentException("unknown order " + order);
        };
    }

    @Override
    public void stop() {
        program.stop();
    }
}
