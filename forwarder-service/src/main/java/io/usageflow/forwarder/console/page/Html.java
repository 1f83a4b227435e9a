package io.usageflow.forwarder.console.page;

import io.usageflow.schema.text.VisibleText;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A piece of HTML. Every text becomes visible and escaped where it is added, so that no event's content can be markup:
 * there is no way to add text that is not. Pure.
 */
public final class Html {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*|viewBox|preserveAspectRatio");

    /** Only names in the console's folder: no scheme, no host, no other folder. */
    private static final Pattern REFERENCE =
            Pattern.compile("[a-z-]+(\\.css|\\.svg|\\.js)?(\\?[A-Za-z0-9%&=+._*~-]*)?(#[a-z-]+)?");

    private static final Set<String> REFERENCES = Set.of("href", "src", "action");
    private static final Set<String> VOID = Set.of("meta", "link", "input", "br");

    private final String markup;

    private Html(String markup) {
        this.markup = markup;
    }

    /** An attribute of the element to which it is given. */
    public record Attribute(String name, String value) {}

    public static Attribute attr(String name, Object value) {
        return new Attribute(name, String.valueOf(value));
    }

    public static Attribute css(String names) {
        return new Attribute("class", names);
    }

    /**
     * An element.
     *
     * @param parts attributes, elements, collections and optional ones of all these; everything else is text
     */
    public static Html el(String name, Object... parts) {
        var attributes = new StringBuilder();
        var content = new StringBuilder();
        for (Object part : parts) {
            add(part, attributes, content);
        }
        String start = "<" + checked(name) + attributes + ">";
        return new Html(VOID.contains(name) ? start : start + content + "</" + name + ">");
    }

    /** Lines as they are, such as a JSON document. */
    public static Html lines(String text) {
        return new Html("<pre>" + escaped(VisibleText.lines(text)) + "</pre>");
    }

    /** A script of the console's own, run when the page is there. */
    public static Html script(String file) {
        return new Html("<script src=\"" + value(attr("src", file)) + "\" defer></script>");
    }

    /** The whole document. */
    public String document() {
        return "<!doctype html>\n" + markup;
    }

    private static void add(Object part, StringBuilder attributes, StringBuilder content) {
        if (part instanceof Attribute attribute) {
            attributes
                    .append(' ')
                    .append(checked(attribute.name()))
                    .append("=\"")
                    .append(escaped(VisibleText.line(value(attribute))))
                    .append('"');
        } else if (part instanceof Html html) {
            content.append(html.markup);
        } else if (part instanceof Collection<?> several) {
            several.forEach(each -> add(each, attributes, content));
        } else if (part instanceof Optional<?> maybe) {
            maybe.ifPresent(each -> add(each, attributes, content));
        } else {
            content.append(escaped(VisibleText.line(String.valueOf(part))));
        }
    }

    private static String value(Attribute attribute) {
        if (REFERENCES.contains(attribute.name())
                && !REFERENCE.matcher(attribute.value()).matches()) {
            throw new IllegalArgumentException("a reference that leaves the console: " + attribute);
        }
        return attribute.value();
    }

    private static String checked(String name) {
        if (!NAME.matcher(name).matches() || name.startsWith("on") || name.equals("style") || name.equals("script")) {
            throw new IllegalArgumentException("not a name that pages use: " + name);
        }
        return name;
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
