package io.usageflow.forwarder.config;

import java.util.List;

/** The configuration is invalid. Holds all problems, each a sentence that names the key and the remedy. */
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
