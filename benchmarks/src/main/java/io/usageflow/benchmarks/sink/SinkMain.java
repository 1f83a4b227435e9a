package io.usageflow.benchmarks.sink;

import io.usageflow.benchmarks.process.OrderLoop;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The sink's process. Orders: {@code listen}, answered with the port; {@code think} and milliseconds; {@code lane} and its
 * number, which forgets what came before; {@code counts}; {@code arrivals}, how many, and the file to write them to.
 */
final class SinkMain implements OrderLoop.Obedient {
    private final Arrivals arrivals = new Arrivals();
    private final SinkServer server = new SinkServer(arrivals);

    private SinkMain() {}

    public static void main(String[] args) throws IOException {
        OrderLoop.run(new SinkMain());
    }

    @Override
    public String obey(String order, String rest) throws IOException {
        switch (order) {
            case "listen" -> {
                return Integer.toString(server.listen());
            }
            case "think" -> {
                server.think(Long.parseLong(rest));
                return "";
            }
            case "lane" -> {
                arrivals.begin(Integer.parseInt(rest));
                return "";
            }
            case "counts" -> {
                return arrivals.counts().line();
            }
            case "arrivals" -> {
                String[] words = rest.split(" ", 2);
                arrivals.write(Integer.parseInt(words[0]), Path.of(words[1]));
                return "";
            }
            default -> throw new IllegalArgumentException("unknown order " + order);
        }
    }

    @Override
    public void stop() {
        // The JVM ends, and its sockets with it.
    }
}
