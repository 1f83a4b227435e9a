package io.usageflow.forwarder.credyt;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/**
 * Decodes the body of a response: content coding and charset. Pure.
 *
 * <p>The request asks for {@code identity}, but a server or a proxy may still compress. One coding of gzip or deflate
 * (with or without zlib's header) is decoded, and the result is bounded. An unreadable body is <em>incomplete</em>,
 * never empty.
 *
 * @param complete whether the text is the whole body
 */
record ResponseBody(String text, boolean complete) {
    private static final Pattern CHARSET =
            Pattern.compile("charset\\s*=\\s*\"?([A-Za-z0-9._:+-]+)\"?", Pattern.CASE_INSENSITIVE);

    private static final int ZLIB_METHOD_DEFLATE = 8;
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    /**
     * Decodes a body.
     *
     * @param bytes as received
     * @param cut whether bytes are missing
     * @param headers by lower-case name
     * @param bytesMax of the result, before its charset is applied
     */
    static ResponseBody of(byte[] bytes, boolean cut, Map<String, String> headers, int bytesMax) {
        if (bytes.length == 0) {
            return new ResponseBody("", !cut);
        }
        Optional<Charset> charset = charset(headers.getOrDefault("content-type", ""));
        Optional<Unpacked> unpacked = unpack(bytes, headers.getOrDefault("content-encoding", ""), bytesMax);
        if (charset.isEmpty() || unpacked.isEmpty()) {
            return new ResponseBody("", false);
        }
        return new ResponseBody(
                text(unpacked.get().bytes(), charset.get()),
                !cut && unpacked.get().complete());
    }

    private record Unpacked(byte[] bytes, boolean complete) {}

    /** Empty if the coding is unknown or does not match. */
    private static Optional<Unpacked> unpack(byte[] bytes, String header, int bytesMax) {
        List<String> codings = Arrays.stream(header.toLowerCase(Locale.ROOT).split(",", -1))
                .map(String::strip)
                .filter(coding -> !coding.isEmpty() && !coding.equals("identity"))
                .toList();
        if (codings.isEmpty()) {
            return Optional.of(new Unpacked(bytes, true));
        }
        if (codings.size() > 1) {
            return Optional.empty();
        }
        return switch (codings.get(0)) {
            case "gzip", "x-gzip" -> read(() -> new GZIPInputStream(new ByteArrayInputStream(bytes)), bytesMax);
            case "deflate" -> inflate(bytes, bytesMax);
            default -> Optional.empty();
        };
    }

    /** Tries zlib's header (RFC 9110, 8.4.1.2) first; some servers leave it out. */
    private static Optional<Unpacked> inflate(byte[] bytes, int bytesMax) {
        boolean zlib = bytes.length >= 2
                && (bytes[0] & 0x0f) == ZLIB_METHOD_DEFLATE
                && (((bytes[0] & 0xff) << 8) | (bytes[1] & 0xff)) % 31 == 0;
        Optional<Unpacked> withHeader = zlib ? inflate(bytes, false, bytesMax) : Optional.empty();
        return withHeader.isPresent() ? withHeader : inflate(bytes, true, bytesMax);
    }

    private static Optional<Unpacked> inflate(byte[] bytes, boolean raw, int bytesMax) {
        Inflater inflater = new Inflater(raw);
        try {
            return read(() -> new InflaterInputStream(new ByteArrayInputStream(bytes), inflater), bytesMax);
        } finally {
            inflater.end();
        }
    }

    private interface Opening {
        InputStream open() throws IOException;
    }

    /** Reads up to the bound; empty if the data is truncated, invalid or fails its checksum. */
    private static Optional<Unpacked> read(Opening packed, int bytesMax) {
        var all = new ByteArrayOutputStream();
        byte[] block = new byte[8192];
        try (InputStream in = packed.open()) {
            for (int read = in.read(block); read >= 0; read = in.read(block)) {
                int room = bytesMax - all.size();
                all.write(block, 0, Math.min(read, room));
                if (read > room) {
                    return Optional.of(new Unpacked(all.toByteArray(), false));
                }
            }
            return Optional.of(new Unpacked(all.toByteArray(), true));
        } catch (IOException broken) {
            return Optional.empty();
        }
    }

    /** The charset, UTF-8 by default; empty if Java does not know it. */
    private static Optional<Charset> charset(String contentType) {
        Matcher named = CHARSET.matcher(contentType);
        if (!named.find()) {
            return Optional.of(UTF_8);
        }
        try {
            return Optional.of(Charset.forName(named.group(1)));
        } catch (IllegalArgumentException unknown) {
            return Optional.empty();
        }
    }

    /** Decodes text. A byte order mark overrides the charset, as in browsers, and is removed. */
    private static String text(byte[] bytes, Charset charset) {
        Charset marked = bytes.length < 2
                ? charset
                : switch (((bytes[0] & 0xff) << 8) | (bytes[1] & 0xff)) {
                    case 0xFEFF -> UTF_16BE;
                    case 0xFFFE -> UTF_16LE;
                    case 0xEFBB -> UTF_8;
                    default -> charset;
                };
        String text = new String(bytes, marked);
        return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    }
}
