package io.usageflow.cli.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import io.usageflow.forwarder.json.ReportJson;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes each log line as a JSON object on a line of its own: {@code time}, {@code level}, {@code logger}, the fields
 * of a message in the form {@code event=… key=value}, or the {@code message} if it has another form, and {@code error}
 * with the stack of an exception. All values are texts, so that a field has one type in every line. Named by
 * usageflow-logback-JSON.xml.
 */
public final class JsonLog extends EncoderBase<ILoggingEvent> {
    private static final Pattern KEY = Pattern.compile(" ?([A-Za-z][A-Za-z0-9_.]*)=");
    private static final Pattern NEXT_KEY = Pattern.compile(" [A-Za-z][A-Za-z0-9_.]*=");
    private static final List<String> FRAME = List.of("time", "level", "logger", "message", "error");

    private final VisibleLog.Failure failure = new VisibleLog.Failure();

    @Override
    public void start() {
        failure.start();
        super.start();
    }

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        var line = new LinkedHashMap<String, Object>();
        line.put("time", Instant.ofEpochMilli(event.getTimeStamp()).toString());
        line.put("level", event.getLevel().toString());
        line.put("logger", event.getLoggerName());
        String message = String.valueOf(event.getFormattedMessage());
        fields(message)
                .ifPresentOrElse(
                        fields -> fields.forEach(
                                (key, value) -> line.put(FRAME.contains(key) ? "event_" + key : key, value)),
                        () -> line.put("message", message));
        if (event.getThrowableProxy() != null) {
            line.put("error", failure.convert(event).strip());
        }
        return (ReportJson.line(line) + "\n").getBytes(UTF_8);
    }

    /** The fields of a message; empty if it is not in the form {@code event=… key=value} to its end. */
    static Optional<Map<String, String>> fields(String message) {
        if (!message.startsWith("event=")) {
            return Optional.empty();
        }
        var fields = new LinkedHashMap<String, String>();
        Matcher key = KEY.matcher(message);
        int at = 0;
        while (at < message.length()) {
            if (!key.region(at, message.length()).lookingAt()) {
                return Optional.empty();
            }
            var value = new StringBuilder();
            at = value(message, key.end(), value);
            fields.merge(key.group(1), value.toString(), (first, second) -> first + " " + second);
        }
        return Optional.of(fields);
    }

    /** Returns where the value ends. */
    private static int value(String message, int from, StringBuilder value) {
        if (message.startsWith("\"", from)) {
            return quoted(message, from + 1, value);
        }
        Matcher next = NEXT_KEY.matcher(message);
        int end = next.find(from) ? next.start() : message.length();
        value.append(message, from, end);
        return end;
    }

    /** As {@link io.usageflow.schema.text.VisibleText#logged} quotes: backslashes are doubled before a quote only. */
    private static int quoted(String message, int from, StringBuilder value) {
        int backslashes = 0;
        for (int i = from; i < message.length(); i++) {
            char c = message.charAt(i);
            if (c == '\\') {
                backslashes++;
                continue;
            }
            if (c == '"') {
                value.append("\\".repeat(backslashes / 2));
                if (backslashes % 2 == 0) {
                    return i + 1;
                }
            } else {
                value.append("\\".repeat(backslashes));
            }
            value.append(c);
            backslashes = 0;
        }
        value.append("\\".repeat(backslashes));
        return message.length();
    }
}
