package io.usageflow.forwarder.publish.input;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Splits a UTF-8 stream into lines. Each line is decoded by itself, so broken bytes or a line that is too long affect
 * no other line, and memory is bounded by {@value #BYTES_MAX} bytes. A line ends with LF, CR LF or CR. Not thread-safe.
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
     * One line of the input.
     *
     * @param text without its line end; empty if the bytes are no text, or too many
     * @param end the line end; empty at the end of the input
     * @param problem why the line cannot be read, or empty
     */
    public record Line(long number, String text, String end, Optional<String> problem) {
        public boolean isBlank() {
            return problem.isEmpty() && text.isBlank();
        }
    }

    /** Returns the next line, or nothing at the end. */
    public Optional<Line> next() throws IOException {
        var bytes = new ByteArrayOutputStream(512);
        boolean tooLong = false;
        int read = in.read();
        if (read < 0) {
            return Optional.empty();
        }
        for (; read >= 0 && read != '\n' && read != '\r'; read = in.read()) {
            if (bytes.size() < BYTES_MAX) {
                bytes.write(read);
            } else {
                tooLong = true;
            }
        }
        number++;
        String end = endOf(read);
        if (tooLong) {
            return Optional.of(unreadable(
                    "", end, "is longer than " + BYTES_MAX + " bytes: is this a file with one event a line?"));
        }
        return Optional.of(decoded(bytes.toByteArray(), end));
    }

    private String endOf(int read) throws IOException {
        if (read != '\r') {
            return read < 0 ? "" : "\n";
        }
        in.mark(1);
        if (in.read() == '\n') {
            return "\r\n";
        }
        in.reset();
        return "\r";
    }

    private Line decoded(byte[] bytes, String end) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            return unreadable("", end, "is not UTF-8: convert the file, for example with iconv");
        }
        if (text.indexOf('\0') >= 0) {
            return unreadable(text, end, "holds a NUL character: the file is damaged, or is not UTF-8");
        }
        if (!text.startsWith(BYTE_ORDER_MARK)) {
            return new Line(number, text, end, Optional.empty());
        }
        // Spreadsheets put one before the first line.
        return number == 1
                ? new Line(number, text.substring(1), end, Optional.empty())
                : unreadable(text, end, "begins with a byte order mark, as where files were joined: take it out");
    }

    private Line unreadable(String text, String end, String problem) {
        return new Line(number, text, end, Optional.of(problem));
    }
}
