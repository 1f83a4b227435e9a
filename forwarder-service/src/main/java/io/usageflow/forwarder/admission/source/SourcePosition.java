package io.usageflow.forwarder.admission.source;

import io.usageflow.forwarder.kafka.LogId;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far admission has read one partition of a topic, and in which log. Stands next to the counters, in the same
 * transactions as the group's offset, which says neither. Pure and immutable.
 *
 * @param log unknown where Kafka did not say it
 * @param next offset after the last record that was read; {@link #NONE_READ} where none of this log was; empty where only
 *     the group's offset tells, as after an upgrade
 * @param sinceMillis when this log took the place of another, Unix milliseconds; 0 where none did
 */
public record SourcePosition(LogId log, OptionalLong next, long sinceMillis) {
    static final long NONE_READ = -1;
    static final SourcePosition UNKNOWN = new SourcePosition(LogId.UNKNOWN, OptionalLong.empty(), 0);

    private static final Pattern TEXT = Pattern.compile("log=([^;]*);next=(-1|\\d{0,18});since=(\\d{1,18})");

    /** Where to begin. */
    enum Begin {
        /** At the group's offset; where Kafka has forgotten that, at ours. */
        AS_COMMITTED,
        /** At the earliest record, whatever the group's offset is: it is of another log. */
        AT_EARLIEST
    }

    Begin begin() {
        return next.isPresent() && next.getAsLong() == NONE_READ ? Begin.AT_EARLIEST : Begin.AS_COMMITTED;
    }

    /** This position, where the topic now is this log: the same, or nothing of it read where it is another. */
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

    /** @throws IllegalStateException where a newer version wrote it */
    static SourcePosition parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalStateException("a position in a topic is '" + text
                    + "', and this version cannot read it: was" + " it written by a newer version?");
        }
        String next = parts.group(2);
        return new SourcePosition(
                LogId.parse(parts.group(1)),
                next.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(next)),
                Long.parseLong(parts.group(3)));
    }
}
