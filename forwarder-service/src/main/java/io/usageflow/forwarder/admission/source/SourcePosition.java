package io.usageflow.forwarder.admission.source;

import io.usageflow.forwarder.kafka.LogId;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far admission has read one partition of a topic, and in which log. Stored with the counters, in the transactions
 * of the group's offset. Pure and immutable.
 *
 * @param log unknown if Kafka did not tell it
 * @param next offset after the last record read; {@link #NONE_READ} if no record of this log was read; empty if only
 *     the group's offset counts, as after an upgrade
 * @param sinceMillis when this log replaced another, in Unix milliseconds; 0 if it did not
 */
public record SourcePosition(LogId log, OptionalLong next, long sinceMillis) {
    static final long NONE_READ = -1;
    static final SourcePosition UNKNOWN = new SourcePosition(LogId.UNKNOWN, OptionalLong.empty(), 0);

    private static final Pattern TEXT = Pattern.compile("log=([^;]*);next=(-1|\\d{0,18});since=(\\d{1,18})");

    /** Where to begin. */
    enum Begin {
        /** At the group's offset, or at our own if Kafka has forgotten the group's. */
        AS_COMMITTED,
        /** At the earliest record, because the group's offset is of another log. */
        AT_EARLIEST
    }

    Begin begin() {
        return next.isPresent() && next.getAsLong() == NONE_READ ? Begin.AT_EARLIEST : Begin.AS_COMMITTED;
    }

    /** This position in the current log: unchanged, or with nothing read if the log is another. */
    SourcePosition in(LogId current, long nowMillis) {
        if (log.differsFrom(current)) {
            return new SourcePosition(current, OptionalLong.of(NONE_READ), nowMillis);
        }
        return current.isKnown() ? new SourcePosition(current, next, sinceMillis) : this;
    }

    SourcePosition read(long offset) {
        return new SourcePosition(log, OptionalLong.of(offset + 1), sinceMillis);
    }

    String text() {
        return "log=" + log.text() + ";next=" + (next.isPresent() ? next.getAsLong() : "") + ";since=" + sinceMillis;
    }

    /**
     * Parses a stored position.
     *
     * @throws IllegalStateException if a newer version wrote it
     */
    static SourcePosition parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalStateException(
                    "this version cannot read the position '" + text + "': was it written by a newer version?");
        }
        String next = parts.group(2);
        return new SourcePosition(
                LogId.parse(parts.group(1)),
                next.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(next)),
                Long.parseLong(parts.group(3)));
    }
}
