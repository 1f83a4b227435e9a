package io.usageflow.sandbox.http;

import io.usageflow.sandbox.http.ApiRequest.Query;
import io.usageflow.sandbox.json.FieldErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list. Default and maximum of {@code limit} are not stated by Credyt: 20 and 100 here, and a larger one is
 * cut to 100, and the response's {@code limit} says so.
 */
public record Page(int offset, int limit) {
    private static final int LIMIT_DEFAULT = 20;
    private static final int LIMIT_MAX = 100;

    /** Null if the query is wrong; {@code errors} then name the parameter. */
    public static @Nullable Page of(Query query, FieldErrors errors) {
        int offset = number(query, "offset", 0, 0, errors);
        int limit = number(query, "limit", LIMIT_DEFAULT, 1, errors);
        return errors.none() ? new Page(offset, Math.min(limit, LIMIT_MAX)) : null;
    }

    /** The elements of the page, with the length of the whole list. */
    public record Content(int totalCount, int limit, int offset, List<?> items) {}

    /** Call under the lock: only the page's own elements are read. */
    public <T> Content of(List<T> all, Function<T, ?> view) {
        int from = Math.min(offset, all.size());
        int to = Math.min(all.size(), from + limit);
        List<Object> items = new ArrayList<>(to - from);
        all.subList(from, to).forEach(element -> items.add(view.apply(element)));
        return new Content(all.size(), limit, offset, items);
    }

    private static int number(Query query, String name, int fallback, int min, FieldErrors errors) {
        String text = query.get(name);
        if (text == null) {
            return fallback;
        }
        if (!text.matches("\\d{1,9}") || Integer.parseInt(text) < min) {
            errors.add(name, "must be an integer of at least " + min);
            return fallback;
        }
        return Integer.parseInt(text);
    }
}
