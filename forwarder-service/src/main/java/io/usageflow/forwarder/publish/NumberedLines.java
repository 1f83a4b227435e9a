package io.usageflow.forwarder.publish;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Cuts a UTF-8 stream into lines, each decoded by itself, so that broken bytes or a line without end cost that line and
 * no other, and memory is bounded by {@value #BYTES_MAX} bytes. Not thread-safe.
 */
public final class NumberedLines {
    /** Sixteen times the largest event. */
    public static final int BYTES_MAX = 4 * 1024 * 1024;

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final InputStream in;
    private long number;

    public NumberedLines(InputStream in) {
        this.in = new BufferedInputStream(in, 64 * 1024);
    }

    /**
     * @param text without its line end; empty where the bytes are no text, or too many
     * @param problem why the line cannot be read, or empty
     */
    public record Line(long number, String text, Optional<String> problem) {
        static Line of(long number, String text) {
            return new Line(number, text, Optional.empty());
        }

        static Line unreadable(long number, String problem) {
            return new Line(number, "", Optional.of(problem));
        }
    }

    /** @return the next line, or nothing at the end */
    public Optional<Line> next() throws IOException {
        var bytes = new ByteArrayOutputStream(512);
        boolean tooLong = false;
        int read = in.read();
        if (read < 0) {
            return Optional.empty();
        }
        for (; read >= 0 && read != '\n'; read = in.read()) {
            if (bytes.size() < BYTES_MAX) {
                bytes.write(read);
            } else {
                tooLong = true;
            }
        }
        number++;
        if (tooLong) {
            return Optional.of(Line.unreadable(
                    number, "is longer than " + BYTES_MAX + " bytes: is this a file with one event a line?"));
        }
        return Optional.of(decoded(bytes.toByteArray()));
    }

    private Line decoded(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            if (text.endsWith("\r")) {
                text = text.substring(0, text.length() - 1);
            }
            // Spreadsheets put one before the first line.
            return Line.of(number, number == 1 && text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text);
        } catch (CharacterCodingException notUtf8) {
            return Line.unreadable(number, "is not UTF-8: convert the file, for example with iconv");
        }
    }
}
