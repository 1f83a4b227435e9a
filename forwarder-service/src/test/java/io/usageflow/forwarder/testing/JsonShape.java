package io.usageflow.forwarder.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.json.ReportJson;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The names in JSON documents: a line for each field with its path, its types and, where it holds one of a few words,
 * these. {@code *} is any name.
 */
public final class JsonShape {
    private static final Pattern WORD = Pattern.compile("[A-Za-z]+([_-][A-Za-z]+)*");

    private final Map<String, TreeSet<String>> types = new TreeMap<>();

    private JsonShape() {}

    /** The fields with their types, of records or nodes that {@link ReportJson} writes. */
    public static List<String> of(Collection<?> documents) {
        var shape = new JsonShape();
        documents.forEach(document -> shape.add("", written(document)));
        return shape.types.entrySet().stream()
                .map(field -> field.getKey() + ": " + String.join(" | ", field.getValue()))
                .toList();
    }

    /** What {@link ReportJson} writes for a record or a node. */
    public static JsonNode written(Object document) {
        try {
            return ReportJson.read(ReportJson.line(document), JsonNode.class);
        } catch (JsonProcessingException noJson) {
            throw new AssertionError(noJson);
        }
    }

    private void add(String path, JsonNode node) {
        if (node.isObject()) {
            node.properties()
                    .forEach(field -> add(
                            path
                                    + (path.isEmpty() ? "" : ".")
                                    + (field.getKey().equals(SampleValues.TEXT) ? "*" : field.getKey()),
                            field.getValue()));
        } else if (node.isArray()) {
            node.forEach(element -> add(path + "[]", element));
        } else {
            types.computeIfAbsent(path, field -> new TreeSet<>()).add(type(node));
        }
    }

    private static String type(JsonNode node) {
        String text = node.asText();
        boolean word = node.isTextual()
                && !text.equals(SampleValues.TEXT)
                && WORD.matcher(text).matches();
        return word ? '"' + text + '"' : node.getNodeType().name().toLowerCase(Locale.ROOT);
    }
}
