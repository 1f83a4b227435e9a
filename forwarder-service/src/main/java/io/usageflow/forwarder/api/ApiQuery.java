package io.usageflow.forwarder.api;

import io.usageflow.forwarder.config.MomentText;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigException;

/**
 * The parameters of a question, each given at most once. A parameter that the question does not have is refused: a
 * misspelled filter would otherwise select everything. Immutable.
 */
record ApiQuery(Map<String, String> parameters) {
    private static final int TEXT_MAX = 512;

    /** @throws ConfigException if a parameter is unknown, too long or given twice; the message says which are known */
    static ApiQuery of(Map<String, List<String>> query, Collection<String> known) {
        var parameters = new TreeMap<String, String>();
        query.forEach((name, values) -> {
            if (!known.contains(name)) {
                throw new ConfigException(
                        "unknown parameter: " + (known.isEmpty() ? "there is none here" : "use " + sorted(known)));
            }
            if (values.size() != 1 || values.get(0).length() > TEXT_MAX) {
                throw new ConfigException(name + " is given twice, or is longer than " + TEXT_MAX + " characters");
            }
            if (!values.get(0).isBlank()) {
                parameters.put(name, values.get(0).strip());
            }
        });
        return new ApiQuery(parameters);
    }

    private static List<String> sorted(Collection<String> known) {
        return known.stream().sorted().toList();
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(parameters.get(name));
    }

    /** @throws ConfigException if it is not there */
    String required(String name) {
        return text(name).orElseThrow(() -> new ConfigException(name + " is missing"));
    }

    /** @throws ConfigException if it is no time */
    Optional<Instant> moment(String name, Instant now) {
        return text(name).map(text -> MomentText.parse(name, text, now));
    }

    /** Up to the most; @throws ConfigException if it is less than 1, more than the most, or no number. */
    int number(String name, int otherwise, int most) {
        String text = text(name).orElse(String.valueOf(otherwise));
        if (!text.matches("\\d{1,9}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > most) {
            throw new ConfigException(name + " must be a number from 1 to " + most);
        }
        return Integer.parseInt(text);
    }

    /** @throws ConfigException if it is neither true nor false */
    boolean flag(String name) {
        String text = text(name).orElse("false");
        if (!text.equals("true") && !text.equals("false")) {
            throw new ConfigException(name + " must be true or false");
        }
        return text.equals("true");
    }

    /** A constant in small or capital letters; @throws ConfigException if there is none of the name. */
    <E extends Enum<E>> Optional<E> word(String name, Class<E> type) {
        return text(name).map(text -> Arrays.stream(type.getEnumConstants())
                .filter(each -> each.name().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new ConfigException(name + " must be one of "
                        + Arrays.stream(type.getEnumConstants())
                                .map(each -> each.name().toLowerCase(Locale.ROOT))
                                .toList())));
    }
}
