package io.usageflow.spring;

/** A setting is missing or wrong; the message names the property. */
public final class SettingsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String remedy;

    SettingsException(String message, String remedy, Throwable cause) {
        super(message, cause);
        this.remedy = remedy;
    }

    /** @param remedy what to do, in one sentence */
    public SettingsException(String message, String remedy) {
        super(message);
        this.remedy = remedy;
    }

    /** What to do, in one sentence. */
    public String remedy() {
        return remedy;
    }
}
