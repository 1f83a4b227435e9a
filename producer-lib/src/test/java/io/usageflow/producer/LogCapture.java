package io.usageflow.producer;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/** What every logger of this JVM says, down to TRACE, until closed; causes included. The console stays as it is. */
public final class LogCapture extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final List<Logger> configured;
    private final List<Level> levels;

    private LogCapture(List<Logger> configured) {
        this.configured = configured;
        this.levels = configured.stream().map(Logger::getLevel).toList();
    }

    /** Loggers of the library and of Kafka's producer; a broker in this JVM would drown them. */
    public static LogCapture ofEverything() {
        LogCapture capture = new LogCapture(List.of(
                (Logger) LoggerFactory.getLogger("io.usageflow"),
                (Logger) LoggerFactory.getLogger("org.apache.kafka.clients"),
                (Logger) LoggerFactory.getLogger("org.apache.avro")));
        capture.start();
        capture.configured.forEach(logger -> {
            logger.setLevel(Level.TRACE);
            logger.setAdditive(false);
            logger.addAppender(capture);
        });
        return capture;
    }

    public String text() {
        return String.join("\n", lines);
    }

    /** Those that hold this. */
    public List<String> lines(String part) {
        return lines.stream().filter(line -> line.contains(part)).collect(Collectors.toList());
    }

    @Override
    protected void append(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(event.getLoggerName() + " " + event.getFormattedMessage());
        for (IThrowableProxy cause = event.getThrowableProxy(); cause != null; cause = cause.getCause()) {
            line.append(" | ").append(cause.getMessage());
        }
        lines.add(line.toString());
    }

    @Override
    public void close() {
        for (int i = 0; i < configured.size(); i++) {
            configured.get(i).detachAppender(this);
            configured.get(i).setAdditive(true);
            configured.get(i).setLevel(levels.get(i));
        }
        stop();
    }
}
