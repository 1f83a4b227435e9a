package io.usageflow.schema.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Shows foreign text: record keys, ids, header values, answers of servers, messages of exceptions. Shown text stays on
 * its line, commands no terminal, hides no character and reads in the order in which it is stored. Pure and
 * thread-safe.
 *
 * <p>Each UTF-16 unit of a character that is not {@linkplain #isVisible visible} becomes <code>&#92;uXXXX</code>, as in
 * JSON: an escaped JSON document has the same value. Every other character stays as it is, the backslash too. Escaping
 * twice therefore changes nothing, and a text that holds the six characters of an escape itself looks the same as what
 * the escape stands for; JSON output tells the two apart, since its backslash is doubled.
 */
public final class VisibleText {
    /** Longest result of {@link #of(Object)} and {@link #logged}, in characters, the mark of a cut included. */
    public static final int CHARS_MAX = 1_024;

    /** A character of UTF-8 has at most this many bytes. */
    private static final int BYTES_PER_CHARACTER_MAX = 4;

    /** Longest mark of a cut: {@code ... (2147483647 characters)}. */
    private static final int MARK_CHARS_MAX = 27;

    private static final Pattern HALF_ESCAPE = Pattern.compile("\\\\(u[0-9A-F]{0,3}|x[0-9A-F]?)?\\z");
    private static final Pattern BACKSLASHES_BEFORE_QUOTE = Pattern.compile("(\\\\+)(?=\"|\\z)");

    private VisibleText() {}

    /**
     * A whole text, such as an id in a table: blanks at its ends are escaped too, and what is longer than {@value
     * #CHARS_MAX} characters ends with a mark that says how long it is. Null is {@code null}.
     */
    public static String of(@Nullable Object text) {
        return of(text, CHARS_MAX);
    }

    /**
     * Returns the text with control characters escaped, cut to the maximum.
     *
     * @param max longest result in characters, at least 64
     */
    public static String of(@Nullable Object text, int max) {
        String raw = String.valueOf(text);
        return whole(raw, max, raw.length() + " characters");
    }

    /** UTF-8, such as a record's key: a byte that is not becomes <code>&#92;xXX</code>. */
    public static String of(byte @Nullable [] utf8) {
        if (utf8 == null) {
            return "null";
        }
        int enough = Math.min(utf8.length, BYTES_PER_CHARACTER_MAX * CHARS_MAX);
        return whole(decoded(Arrays.copyOf(utf8, enough)), CHARS_MAX, utf8.length + " bytes");
    }

    /**
     * The value of a {@code key=value} in a log line: as {@link #of(Object)}, in double quotes unless it is one word,
     * so that it cannot hold what looks like the next key. Not to be applied twice.
     */
    public static String logged(@Nullable Object value) {
        String shown = of(value);
        boolean word = !shown.isEmpty() && shown.chars().noneMatch(c -> c == ' ' || c == '"' || c == '=');
        // A quote that a backslash of the text itself already escapes would end the value.
        return word
                ? shown
                : '"'
                        + BACKSLASHES_BEFORE_QUOTE
                                .matcher(shown)
                                .replaceAll("$1$1")
                                .replace("\"", "\\\"")
                        + '"';
    }

    /** A line that contains foreign text, of any length; blanks stay. */
    public static String line(String line) {
        StringBuilder escaped = null;
        int codePoint;
        for (int i = 0; i < line.length(); i += Character.charCount(codePoint)) {
            codePoint = line.codePointAt(i);
            if (escaped == null && !isVisible(codePoint)) {
                escaped = new StringBuilder(line.length() + 64).append(line, 0, i);
            }
            if (escaped != null) {
                append(escaped, codePoint);
            }
        }
        return escaped == null ? line : escaped.toString();
    }

    /** Several lines, such as an indented JSON document: line feeds stay. */
    public static String lines(String lines) {
        StringBuilder escaped = new StringBuilder(lines.length());
        int from = 0;
        for (int feed = lines.indexOf('\n'); feed >= 0; feed = lines.indexOf('\n', from)) {
            escaped.append(line(lines.substring(from, feed))).append('\n');
            from = feed + 1;
        }
        return escaped.append(line(lines.substring(from))).toString();
    }

    /**
     * Whether a reader sees the character, in its place. False for controls, format characters (bidirectional,
     * zero-width, tags), separators and all spaces but U+0020, halves of surrogate pairs, unassigned and private
     * characters, and letters and marks without a glyph.
     */
    public static boolean isVisible(int codePoint) {
        if (codePoint >= 0x20 && codePoint < 0x7f) {
            return true;
        }
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR -> false;
            default -> !isWithoutGlyph(codePoint);
        };
    }

    /**
     * Unicode's Default_Ignorable_Code_Point as far as it is not a format character, and two symbols that are blank.
     */
    private static boolean isWithoutGlyph(int codePoint) {
        return switch (codePoint) {
            case 0x034F,
                    0x115F,
                    0x1160,
                    0x17B4,
                    0x17B5,
                    0x180B,
                    0x180C,
                    0x180D,
                    0x180F,
                    0x2800,
                    0x3164,
                    0xFFA0,
                    0x1D159 -> true;
            default -> (codePoint >= 0xFE00 && codePoint <= 0xFE0F) || (codePoint >= 0xE0000 && codePoint <= 0xE0FFF);
        };
    }

    private static String whole(String raw, int max, String length) {
        // Reads only the start of a text of many megabytes.
        String shown = line(ends(raw.length() > max ? raw.substring(0, max + 1) : raw));
        if (shown.length() <= max) {
            return shown;
        }
        String kept =
                HALF_ESCAPE.matcher(shown.substring(0, max - MARK_CHARS_MAX)).replaceFirst("");
        boolean halfPair = !kept.isEmpty() && Character.isHighSurrogate(kept.charAt(kept.length() - 1));
        return (halfPair ? kept.substring(0, kept.length() - 1) : kept) + "... (" + length + ")";
    }

    /** Escapes blanks at the ends of a line, which a reader would not see. */
    private static String ends(String line) {
        int first = 0;
        int end = line.length();
        while (first < end && line.charAt(first) == ' ') {
            first++;
        }
        while (end > first && line.charAt(end - 1) == ' ') {
            end--;
        }
        String blank = "\\u0020";
        return first == 0 && end == line.length()
                ? line
                : blank.repeat(first) + line.substring(first, end) + blank.repeat(line.length() - end);
    }

    private static String decoded(byte[] utf8) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer bytes = ByteBuffer.wrap(utf8);
        CharBuffer chars = CharBuffer.allocate(utf8.length + 1);
        var text = new StringBuilder(utf8.length);
        while (true) {
            CoderResult result = decoder.decode(bytes, chars, true);
            text.append(chars.flip());
            chars.clear();
            if (!result.isError()) {
                return text.toString();
            }
            for (int i = 0; i < result.length(); i++) {
                text.append(String.format("\\x%02X", bytes.get()));
            }
            decoder.reset();
        }
    }

    private static void append(StringBuilder to, int codePoint) {
        if (isVisible(codePoint)) {
            to.appendCodePoint(codePoint);
        } else {
            for (char unit : Character.toChars(codePoint)) {
                to.append(String.format("\\u%04X", (int) unit));
            }
        }
    }
}
