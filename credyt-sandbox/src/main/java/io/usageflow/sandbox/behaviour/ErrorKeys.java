package io.usageflow.sandbox.behaviour;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the keys of {@code errors} are written; no source shows one for an element of {@code events}. */
public enum ErrorKeys {
    /** {@code events[0].occurred_at}. The default. */
    INDEXED {
        @Override
        public String write(String path) {
            return path;
        }
    },
    /** {@code Events[0].OccurredAt}. */
    PASCAL {
        @Override
        public String write(String path) {
            Matcher wordStart = WORD_START.matcher(path);
            return wordStart.replaceAll(found -> found.group(1).equals("_")
                    ? found.group(2).toUpperCase(java.util.Locale.ROOT)
                    : found.group(1) + found.group(2).toUpperCase(java.util.Locale.ROOT));
        }
    },
    /** {@code $.events[0].occurred_at}. */
    JSON_PATH {
        @Override
        public String write(String path) {
            return "$." + path;
        }
    },
    /** {@code occurred_at}: the field alone, without its place. */
    FIELD {
        @Override
        public String write(String path) {
            return path.substring(path.lastIndexOf('.') + 1);
        }
    };

    private static final Pattern WORD_START = Pattern.compile("(^|\\.|_)([a-z])");

    /** @param path in the notation of {@link #INDEXED} */
    public abstract String write(String path);
}
