package io.usageflow.sandbox.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.usageflow.sandbox.json.FieldErrors;
import io.usageflow.sandbox.json.Json;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list. Default and maximum of {@code limit} are not stated by Credyt: 20 and 100 here, and a larger one is
 * cut to 100, which the answer's own {@code limit} then says.
 */
public record Page(int offset, int limit) {
    private static final int LIMIT_DEFAULT = 20;
    private static final int LIMIT_MAX = 100;

    /** Null where {@code errors} now name what is wrong. */
    public static @Nullable Page of(Query query, FieldErrors errors) {
        int offset = number(query, "offset", 0, 0, errors);
        int limit = number(query, "limit", LIMIT_DEFAULT, 1, errors);
        return errors.none() ? new Page(offset, Math.min(limit, LIMIT_MAX)) : null;
    }

    /** Call under the lock: only the page's own elements are looked at. */
    public <T> Object of(List<T> all, Function<T, JsonNode> toJson) {
        ArrayNode items = Json.array();
        int from = Math.min(offset, all.size());
        int to = Math.min(all.size(), from + limit);
        all.subList(from, to).forEach(element -> items.add(toJson.apply(element)));
        return Json.object()
                .put("total_count", all.size())
                .put("limit", limit)
                .put("offset", offset)
                .set("items", items);
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
