package io.usageflow.forwarder.cli;

import java.util.Map;

/**
 * Chooses our own logging where the user has not chosen another: facts of usageflow and warnings of Kafka, one line
 * each, on standard error. Embedded in other programs, usageflow leaves their logging alone.
 */
final class Logging {
    private static final String CONFIGURATION = "logback.configurationFile";

    private Logging() {}

    /** Must run before the first logger is made. {@code USAGEFLOW_LOG_LEVEL} is that of usageflow's own loggers. */
    static void configure(Map<String, String> environment) {
        if (System.getProperty(CONFIGURATION) == null) {
            System.setProperty(CONFIGURATION, "usageflow-logback.xml");
            System.setProperty("usageflow.log.level", environment.getOrDefault("USAGEFLOW_LOG_LEVEL", "INFO"));
        }
    }
}
