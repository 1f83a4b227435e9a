package io.usageflow.forwarder.publish.input;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

/**
 * Recognises an input by its content and not by its name. gzip and zip with one file are read as a stream, so that a
 * decompression bomb takes no memory. UTF-8 text is read as it is. Everything else is refused, with its kind and the
 * remedy.
 */
public final class InputBytes {
    private static final int HEAD_BYTES = 512;
    private static final int TAR_MAGIC_AT = 257;
    private static final String UTF_16 =
            "is UTF-16: convert it, for example with iconv -f UTF-16 -t UTF-8, or save it as UTF-8";

    /** By the first bytes in hexadecimal; longer ones before those that they begin with. */
    private static final List<Map.Entry<String, String>> REFUSED = List.of(
            Map.entry("28b52ffd", "is compressed with zstd: uncompress it with zstd -d"),
            Map.entry("fd377a585a00", "is compressed with xz: uncompress it with xz -d"),
            Map.entry("04224d18", "is compressed with lz4: uncompress it with lz4 -d"),
            Map.entry("377abcaf271c", "is a 7z archive: extract the file"),
            Map.entry("425a6839314159265359", "is compressed with bzip2: uncompress it with bzip2 -d"),
            Map.entry("5041523115", "is Parquet: export it as CSV or JSON Lines"),
            Map.entry("4f626a01", "is an Avro file: export it as CSV or JSON Lines"),
            Map.entry("d0cf11e0", "is an old Excel workbook: save the sheet as CSV in UTF-8"),
            Map.entry("255044462d", "is a PDF: export it as CSV or JSON Lines"),
            Map.entry("fffe0000", "is UTF-32: convert it, for example with iconv -f UTF-32 -t UTF-8"),
            Map.entry("0000feff", "is UTF-32: convert it, for example with iconv -f UTF-32 -t UTF-8"),
            Map.entry("fffe", UTF_16),
            Map.entry("feff", UTF_16));

    private final InputStream text;
    private final String name;
    private final byte[] head;

    private InputBytes(InputStream text, String name, byte[] head) {
        this.text = text;
        this.name = name;
        this.head = head;
    }

    public InputStream text() {
        return text;
    }

    /**
     * The file's name without the folder and the extension of its compression, so that derived ids do not depend on the
     * compression.
     */
    public String name() {
        return name;
    }

    /**
     * Recognises an input.
     *
     * @param raw the input as it is; the caller closes it
     * @param file where it comes from; empty for standard input
     * @throws IllegalArgumentException if it is something else than text, gzip or zip; names what, and the remedy
     * @throws IOException if it cannot be read
     */
    public static InputBytes of(InputStream raw, Optional<Path> file) throws IOException {
        var in = new BufferedInputStream(raw, 64 * 1024);
        byte[] head = headOf(in);
        String name = file.map(Path::getFileName).map(Path::toString).orElse("-");
        if (isGzip(head)) {
            return plain(new GzipInput(in), name.replaceFirst("(?i)\\.gz$", ""));
        }
        if (isZip(head)) {
            String entry = onlyEntry(file.orElseThrow(() -> new IllegalArgumentException(
                    "standard input is a zip archive, whose end must be read first: name the file, or pipe unzip -p")));
            return plain(entryOf(in, entry), entry.substring(entry.lastIndexOf('/') + 1));
        }
        return checked(in, name, head);
    }

    /** Whether the text begins as an array of objects does. */
    public boolean isJsonArray() {
        String text = new String(head, StandardCharsets.UTF_8)
                .replaceFirst("^\uFEFF", "")
                .stripLeading();
        return text.startsWith("[")
                && List.of("", "{").contains(firstOf(text.substring(1).stripLeading()));
    }

    private static String firstOf(String text) {
        return text.isEmpty() ? "" : text.substring(0, 1);
    }

    private static InputBytes plain(InputStream uncompressed, String name) throws IOException {
        var in = new BufferedInputStream(uncompressed, 64 * 1024);
        byte[] head = headOf(in);
        if (isGzip(head) || isZip(head)) {
            throw new IllegalArgumentException("the input is compressed twice: uncompress it once");
        }
        return checked(in, name, head);
    }

    private static InputBytes checked(InputStream in, String name, byte[] head) {
        String begins = HexFormat.of().formatHex(head);
        for (Map.Entry<String, String> refused : REFUSED) {
            if (begins.startsWith(refused.getKey())) {
                throw new IllegalArgumentException("the input " + refused.getValue());
            }
        }
        if (isUtf16(head)) {
            throw new IllegalArgumentException("the input " + UTF_16);
        }
        if (head.length > TAR_MAGIC_AT + 5
                && new String(head, TAR_MAGIC_AT, 5, StandardCharsets.ISO_8859_1).equals("ustar")) {
            throw new IllegalArgumentException("the input is a tar archive: extract the file with tar -x");
        }
        return new InputBytes(in, name, head);
    }

    private static byte[] headOf(BufferedInputStream in) throws IOException {
        in.mark(HEAD_BYTES);
        byte[] head = in.readNBytes(HEAD_BYTES);
        in.reset();
        return head;
    }

    private static boolean isGzip(byte[] head) {
        return head.length > 2 && head[0] == 0x1F && head[1] == (byte) 0x8B && head[2] == 8;
    }

    /** A zip begins with its first entry, or is empty. */
    private static boolean isZip(byte[] head) {
        return head.length > 3
                && head[0] == 'P'
                && head[1] == 'K'
                && ((head[2] == 3 && head[3] == 4) || (head[2] == 5 && head[3] == 6));
    }

    /** UTF-16 without a byte order mark: the text begins with ASCII, so every other byte is 0. */
    private static boolean isUtf16(byte[] head) {
        int pairs = Math.min(head.length, 32) / 2;
        int[] zeros = new int[2];
        for (int i = 0; i < 2 * pairs; i++) {
            zeros[i % 2] += head[i] == 0 ? 1 : 0;
        }
        return pairs > 1 && ((zeros[0] == pairs && zeros[1] == 0) || (zeros[1] == pairs && zeros[0] == 0));
    }

    /** Returns the only file of the zip by its directory. macOS adds entries of its own. */
    private static String onlyEntry(Path file) throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            List<String> names = zip.stream()
                    .filter(entry -> !entry.isDirectory())
                    .map(ZipEntry::getName)
                    .filter(name -> !name.startsWith("__MACOSX/"))
                    .toList();
            if (names.contains("[Content_Types].xml")) {
                throw new IllegalArgumentException(
                        "the input is a workbook or another document of an office program: save the"
                                + " sheet as CSV in UTF-8");
            }
            if (names.size() != 1) {
                throw new IllegalArgumentException("the zip holds " + names.size() + " files"
                        + names.stream().limit(5).map(name -> " " + name).reduce("", String::concat)
                        + ": publish each by itself, with unzip -p");
            }
            return names.get(0);
        } catch (ZipException damaged) {
            throw new IOException("the zip cannot be read: " + damaged.getMessage() + "; get the file again", damaged);
        }
    }

    private static InputStream entryOf(InputStream in, String wanted) throws IOException {
        var zip = new ZipInputStream(in);
        for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
            if (entry.getName().equals(wanted)) {
                return zip;
            }
        }
        throw new IOException("the zip cannot be read: its entries are not those of its table of contents");
    }
}
