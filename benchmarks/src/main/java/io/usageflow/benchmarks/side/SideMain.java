package io.usageflow.benchmarks.side;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.benchmarks.process.OrderLoop;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import java.io.IOException;
import java.util.Map;

/**
 * A side's process. Orders: {@code start} and the settings as JSON; {@code ready} (1 or 0); {@code forwarded}; {@code
 * forgotten}; {@code metrics}, their address; {@code stop}.
 */
final class SideMain implements OrderLoop.Obedient {
    private final SideProgram program;

    private SideMain(SideProgram program) {
        this.program = program;
    }

    /** Argument: the kind's word. */
    public static void main(String[] args) throws IOException {
        OrderLoop.run(new SideMain(SideKind.ofWord(args[0]).program()));
    }

    @Override
    public String obey(String order, String rest) throws IOException {
        switch (order) {
            case "start" -> {
                Map<String, String> given =
                        new ObjectMapper().readValue(rest, new TypeReference<Map<String, String>>() {});
                program.start(Settings.load(ConfigSources.none().with(given, "benchmark")));
                return "";
            }
            case "ready" -> {
                program.requireAlive();
                return program.ready() ? "1" : "0";
            }
            case "forwarded" -> {
                return Long.toString(program.forwarded());
            }
            case "metrics" -> {
                return program.metricsUrl();
            }
            case "forgotten" -> {
                return Long.toString(program.forgotten());
            }
            case "stop" -> {
                program.stop();
                return "";
            }
            default -> throw new IllegalArgumentException("unknown order " + order);
        }
    }

    @Override
    public void stop() {
        program.stop();
    }
}
