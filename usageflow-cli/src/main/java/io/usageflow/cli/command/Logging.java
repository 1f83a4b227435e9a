package io.usageflow.cli.command;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * Chooses our own logging where the user has not chosen another: facts of usageflow and warnings of Kafka, one line
 * each, on standard error. Embedded in other programs, usageflow leaves their logging alone.
 */
public final class Logging {
    private static final String CONFIGURATION = "logback.configurationFile";

    private Logging() {}

    /**
     * Must run before the first logger is made. {@code USAGEFLOW_LOG_LEVEL} is that of usageflow's own loggers; with
     * {@code USAGEFLOW_LOG_FORMAT=json} each line is a JSON object ({@link JsonLog}).
     */
    public static void configure(Map<String, String> environment) {
        if (System.getProperty(CONFIGURATION) == null) {
            System.setProperty(CONFIGURATION, "usageflow-logback.xml");
            System.setProperty("usageflow.log.level", environment.getOrDefault("USAGEFLOW_LOG_LEVEL", "INFO"));
            System.setProperty(
                    "usageflow.log.appender",
                    "json".equalsIgnoreCase(environment.get("USAGEFLOW_LOG_FORMAT")) ? "JSON" : "STDERR");
        }
    }

    /**
     * For commands whose output is for people: only what usageflow itself warns of. Leaves a user's own logging alone.
     */
    public static void onlyProblems() {
        if ("usageflow-logback.xml".equals(System.getProperty(CONFIGURATION))
                && LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLogger("io.usageflow").setLevel(Level.WARN);
            // Brokers and clients that start together in one process have much to say of each other. Some of their
            // loggers have levels of their own.
            context.getLogger("org.apache.kafka").setLevel(Level.OFF);
            context.getLoggerList().stream()
                    .filter(logger -> logger.getName().startsWith("org.apache.kafka."))
                    .forEach(logger -> logger.setLevel(Level.OFF));
        }
    }
}
