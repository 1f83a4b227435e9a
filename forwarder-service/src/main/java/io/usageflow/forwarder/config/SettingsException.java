package io.usageflow.forwarder.config;

import java.util.List;

/** The configuration cannot be used. Holds every problem found, each one sentence that names the key and the remedy. */
public final class SettingsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // List.copyOf is serializable.
    private final List<String> problems;

    public SettingsException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    /** At least one, in the order of the sources and then of the catalogue. */
    public List<String> problems() {
        return problems;
    }
}
