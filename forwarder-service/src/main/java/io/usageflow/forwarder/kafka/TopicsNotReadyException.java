package io.usageflow.forwarder.kafka;

import java.util.List;

/** The topics do not meet the pipeline's needs. Holds one sentence with the remedy for each obstacle. */
public final class TopicsNotReadyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // List.copyOf is serializable.
    private final List<String> obstacles;

    public TopicsNotReadyException(List<String> obstacles) {
        super(String.join(System.lineSeparator(), obstacles));
        this.obstacles = List.copyOf(obstacles);
    }

    public List<String> obstacles() {
        return obstacles;
    }
}
