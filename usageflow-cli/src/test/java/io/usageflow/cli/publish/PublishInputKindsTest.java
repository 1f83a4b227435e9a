package io.usageflow.cli.publish;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.cli.CommandRun;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.forwarder.publish.input.InputBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever a file holds, each of its rows is an event, a repeated line or a bad line, or the file is refused as a whole.
 * Each test names one sibling of a kind: a parser that is asked for one value and whose remainder is not looked at.
 */
class PublishInputKindsTest {
    private static final String MAPPING = "id=id,event_type='t',account_id=acct,data.tokens=tokens";
    private static final String HEADER = "id,acct,tokens\n";

    @TempDir
    Path folder;

    private record Result(int exit, String out, String err) {
        void was(int good, int bad, String problem) {
            assertThat(out).as(err).startsWith("good lines " + good + ", bad lines " + bad);
            assertThat(err).contains(problem);
            assertThat(exit).isEqualTo(bad == 0 ? ExitCode.OK : ExitCode.PROBLEMS);
            assertNoInternals();
        }

        void wasRefused(String problem) {
            assertThat(err).contains(problem);
            assertThat(exit).isEqualTo(ExitCode.USAGE);
            assertThat(out).isEmpty();
            assertNoInternals();
        }

        private void assertNoInternals() {
            assertThat(err)
                    .doesNotContainIgnoringCase("jackson")
                    .doesNotContain("commons", "Exception", "StreamRead", "JsonToken", "Source:", "java.");
        }
    }

    static Stream<Arguments> tables() {
        return Stream.of(
                table("a lone CR", "u-1,a,10\ru-2,a,20\nu-3,a,30\n", 3, 0, ""),
                table("CR LF and LF mixed", "u-1,a,1\r\nu-2,a,2\nu-3,a,3\r\n", 3, 0, ""),
                table("no line end behind the last row", "u-1,a,1\nu-2,a,2", 2, 0, ""),
                table("a CR behind the last row", "u-1,a,1\nu-2,a,2\r", 2, 0, ""),
                table("CR CR LF", "u-1,a,1\r\r\nu-2,a,2\n", 2, 0, ""),
                table("an unfinished last row", "u-1,a,1\nu-2,a", 1, 1, "line 3: has 2 values"),
                table("a row with more cells", "u-1,a,1,x\nu-2,a,2\n", 1, 1, "line 2: has 4 values"),
                table("line ends in quotes", "u-1,a,\"1\r\n2\r3\n4\"\nu-2,a,2\n", 2, 0, ""),
                table(
                        "a quote that is never closed",
                        "u-1,a,\"1\nu-2,a,2\nu-3,a,3\n",
                        2,
                        1,
                        "line 2: has a quote that is never closed: the one that opens in line 2"),
                table(
                        "a quote that opens behind another one and is never closed",
                        "\"u-1\nx\",a,\"1\nu-2,a,2\n",
                        1,
                        2,
                        "the one that opens in line 3"),
                table(
                        "two quotes that are never closed",
                        "u-1,a,\"1\nu-2,a,2\nu-3,\"a,3\nu-4,a,4\n",
                        2,
                        2,
                        "line 4: has a quote"),
                table("text behind a closing quote", "u-1,\"a\"b,1\nu-2,a,2\n", 1, 1, "line 2: is not CSV: a quote"),
                table("blanks behind a closing quote", "u-1,\"a\" ,1\n", 1, 0, ""),
                table(
                        "a quote inside a value",
                        "u-1,a,5\" disk\nu-2,a,2\nu-3,a,6\" disk\n",
                        1,
                        2,
                        "line 4: is not CSV"),
                table("a blank before a quote", "u-1, \"a\",1\n", 0, 1, "line 2: is not CSV"),
                table("a NUL", "u-1,a,1\0\nu-2,a,2\n", 1, 1, "line 2: holds a NUL character"),
                table("rows that are NULs", "u-1,a,1\n\0\0\0\0\nu-2,a,2\n", 2, 1, "line 3: holds a NUL character"),
                table("a byte order mark inside", "u-1,a,1\n\uFEFFu-2,a,2\n", 1, 1, "line 3: begins with a byte order"),
                table("the header again", "u-1,a,1\nid,acct,tokens\nu-2,a,2\n", 2, 1, "line 3: repeats the header"),
                table("VT, FF, NEL and U+2028 in a text", "u-1,a,\u000b\f\u0085\u2028x\n", 1, 0, ""),
                table("U+2028 in a name", "u-1,a\u2028b,1\n", 0, 1, "account_id has the character U+2028"),
                table("a blank behind a name", "u-1,acct_2 ,1\n", 0, 1, "account_id ends with a blank"),
                table("blank rows", "u-1,a,1\n\n  \r\nu-2,a,2\n", 2, 0, ""),
                table("only a header", "", 0, 0, "the input holds no events"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tables")
    void shouldReadEachRowOfATable(String name, String rows, int good, int bad, String problem) throws IOException {
        csv(utf8(HEADER + rows)).was(good, bad, problem);
    }

    @Test
    void shouldReadATableOfOldMacintoshs() throws IOException {
        csv(utf8("id,acct,tokens\ru-1,a,1\ru-2,a,2\r")).was(2, 0, "");
        csv(utf8("\uFEFFid,acct,tokens\r\nu-1,a,1\r\n")).was(1, 0, "");
    }

    @Test
    void shouldRefuseTablesThatAreNone() throws IOException {
        csv(utf8("")).wasRefused("the CSV is empty");
        csv(utf8("\n\r\n")).wasRefused("the CSV is empty");
        csv(utf8("id,acct,id\nu-1,a,1\n")).wasRefused("two columns named id");
        csv(utf8("id,acct\nu-1,a\n")).wasRefused("names columns that the CSV lacks: tokens");
        csv(utf8("id,\"acct,tokens\nu-1,a\n")).wasRefused("the CSV's header has a quote that is never closed");
        csv("id,acct,t\u00f6kens\n".getBytes(ISO_8859_1)).wasRefused("the CSV's header is not UTF-8");
    }

    static Stream<Arguments> jsonLines() {
        String good = object("u-1", "");
        return Stream.of(
                lines("two objects in a line", good + " " + object("u-2", ""), 0, 1, "more stands behind its object"),
                lines("two braces", good + "}", 0, 1, "more stands behind its object from character"),
                lines("a comma behind it", good + ",", 0, 1, "more stands behind its object"),
                lines("a text behind it", good + " x", 0, 1, ", 'x'"),
                lines("a lone CR", good + "\r" + object("u-2", ""), 2, 0, ""),
                lines("blanks behind it", good + " \t", 1, 0, ""),
                lines("a cut line", good + "\n" + good.substring(0, 20), 1, 1, "line 2: is not JSON: it ends before"),
                lines("an object in several lines", "{\n\"event_type\":\"t\"\n}", 0, 3, "spread over several lines"),
                lines("one name twice", object("u-1", ",\"data\":{\"a\":1,\"a\":2}"), 0, 1, "it names a twice"),
                lines("NaN", object("u-1", ",\"data\":{\"a\":NaN}"), 0, 1, "it cannot be read from character"),
                lines("Infinity", object("u-1", ",\"data\":{\"a\":-Infinity}"), 0, 1, "it cannot be read"),
                lines("a comment", good + " // x", 0, 1, "more stands behind"),
                lines("a number of many digits", number("1".repeat(1_200)), 0, 1, "more than 1000 digits"),
                lines("a wild exponent", number("1E999999999"), 0, 1, "data.n"),
                lines(
                        "an exponent beyond int",
                        number("1E99999999999"),
                        0,
                        1,
                        "a number whose exponent has too many digits"),
                lines("a wild amount", cost("1E-999999999"), 0, 1, "costs[0].amount has an exponent beyond 1000"),
                lines("an amount in words", cost("\"1.0 USD\""), 0, 1, "costs[0].amount is '1.0 USD'"),
                lines("an amount in foreign digits", cost("\"\u0661\u0662\""), 0, 1, "which is not a decimal number"),
                lines("a long amount", cost("\"" + "1".repeat(2_000) + "\""), 0, 1, "which is not a decimal number"),
                lines("deep nesting", number("[".repeat(70) + "]".repeat(70)), 0, 1, "64 levels"),
                lines("U+2028 in a text", object("u-1", ",\"data\":{\"a\":\"x\u2028y\"}"), 1, 0, ""),
                lines("a NUL", good + "\0", 0, 1, "holds a NUL character"),
                lines("a number as id", good.replace("\"u-1\"", "7"), 0, 1, "id is not text"),
                lines("an array of numbers", "[1]", 0, 1, "is not a JSON object"),
                lines("nothing", "", 0, 0, "the input holds no events"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("jsonLines")
    void shouldReadEachLineOfJson(String name, String text, int good, int bad, String problem) throws IOException {
        run(utf8(text), "usage.jsonl").was(good, bad, problem);
    }

    @Test
    void shouldKnowWhatAFileIsByItsContent() throws IOException {
        byte[] plain = utf8(HEADER + "u-1,a,1\nu-2,a,2\n");
        csv(gzip(plain)).was(2, 0, "");
        csv(joined(gzip(utf8(HEADER + "u-1,a,1\n")), gzip(utf8("u-2,a,2\n")))).was(2, 0, "");
        csv(joined(gzip(plain), new byte[512])).was(2, 0, "");
        csv(zip("usage.csv", plain)).was(2, 0, "");
        csv(zip("usage.csv", plain, "__MACOSX/._usage.csv", new byte[9])).was(2, 0, "");

        csv(HEADER.getBytes(UTF_16)).wasRefused("the input is UTF-16: convert it");
        csv(HEADER.getBytes(UTF_16LE)).wasRefused("the input is UTF-16: convert it");
        csv(gzip(gzip(plain))).wasRefused("compressed twice");
        csv(zip("a.csv", plain, "b.csv", plain)).wasRefused("the zip holds 2 files a.csv b.csv");
        csv(zip("xl/sheet.xml", plain, "[Content_Types].xml", plain)).wasRefused("a workbook");
        csv(new byte[] {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD, 1}).wasRefused("compressed with zstd");
        csv(new byte[] {(byte) 0xFD, '7', 'z', 'X', 'Z', 0}).wasRefused("compressed with xz");
        run(utf8(" \n[\n {\"event_type\":\"t\"}]"), "usage.json").wasRefused("a JSON array");
    }

    /** What was read before stays read; the run says that it did not come to the end. */
    @Test
    void shouldNotTakeAnEndInTheMiddleForTheEnd() throws IOException {
        byte[] whole = gzip(utf8(HEADER + "u-1,a,1\nu-2,a,2\n".repeat(2_000)));
        Result cut = csv(Arrays.copyOf(whole, whole.length / 2));
        assertThat(cut.exit).isNotEqualTo(ExitCode.OK);
        assertThat(cut.err).contains("the file is cut off");

        Result followed = csv(joined(whole, utf8("u-9,a,9\n")));
        assertThat(followed.exit).isNotEqualTo(ExitCode.OK);
        assertThat(followed.err).contains("other data follows a complete part");

        byte[] flipped = whole.clone();
        flipped[whole.length - 6] ^= 1;
        assertThat(csv(flipped).err).contains("its checksum does not match");
    }

    /** A compressed file has the ids of the same file before it was compressed. */
    @Test
    void shouldDeriveTheSameIdsFromACompressedFile() throws IOException {
        byte[] plain = utf8("id,acct,tokens\n,a,1\n,b,2\n");
        Path bad = folder.resolve("none");
        assertThat(bad).doesNotExist();
        Path one = Files.write(folder.resolve("usage.csv"), plain);
        Path other = Files.write(folder.resolve("usage.csv.gz"), gzip(plain));
        Path zipped = Files.write(folder.resolve("export.zip"), zip("of/usage.csv", plain));

        for (Path file : List.of(one, other, zipped)) {
            try (var in = Files.newInputStream(file)) {
                assertThat(InputBytes.of(in, Optional.of(file)).name()).isEqualTo("usage.csv");
            }
        }
    }

    @Test
    void shouldTellARepeatedLineFromAnIdThatIsUsedAgain() throws IOException {
        Result result = csv(utf8(HEADER + "u-1,a,1\nu-2,a,2\nu-1,a,1\nu-2,a,3\nu-1,b,9\n"));

        // Another account's u-1 is another event, as for admission.
        result.was(
                3, 1, "line 5: has the id u-2 of line 3, which says something else: give each usage an id of its own");
        assertThat(result.err).contains("line 4: repeats line 2, and is not sent again");
        assertThat(result.out).contains("repeated lines 1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "None",
                "null",
                "NULL",
                "NaN",
                "nan",
                "undefined",
                "-",
                "N/A",
                "#N/A",
                "(null)",
                "\\N",
                "nil",
                "[object Object]",
                "1.23457E+15",
                "1.23457e+15",
                "1,23457E+15",
                "1E+15",
                "1.2E15",
                "Infinity",
                "00000000-0000-0000-0000-000000000000"
            })
    void shouldRefusePlaceholdersByName(String id) throws IOException {
        csv(utf8(HEADER + "\"" + id + "\",a,1\n")).was(0, 1, "line 2: id: '" + id + "' ");
        run(utf8(object(id.replace("\\", "\\\\"), "")), "usage.jsonl").was(0, 1, "line 1: id: '" + id + "' ");
        Result derived = csv(utf8("id,acct,tokens,key\n,a,1,\"" + id + "\"\n"), "--id-from", "key");
        derived.was(0, 1, "line 2: key: '" + id + "' ");
        var single = new CommandRun();
        assertThat(single.run("publish", "--account", "a", "--event-type", "t", "--id", id))
                .isEqualTo(ExitCode.USAGE);
        assertThat(single.err()).contains("--id: '" + id + "' ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "12e5", "123456789012345678901234567890", "none-1", "123.0"})
    void shouldTakeIdsThatOnlyLookStrange(String id) throws IOException {
        csv(utf8(HEADER + id + ",a,1\n")).was(1, 0, "");
    }

    @Test
    void shouldNotLoseAnOptionThatIsGivenTwice() {
        var data = new CommandRun();
        assertThat(data.run("publish", "--account", "a", "--event-type", "t", "--data", "n=1", "--data", "n=2"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(data.err()).contains("--data gives n twice: keep one");
        var cost = new CommandRun();
        assertThat(cost.run("publish", "--account", "a", "--event-type", "t", "--cost", "v=1USD x"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(cost.err()).contains("--cost v=1USD x is no amount with a currency");
    }

    private Result csv(byte[] content, String... more) throws IOException {
        var args = new ArrayList<>(List.of("--csv-mapping", MAPPING));
        args.addAll(List.of(more));
        return run(content, "usage.csv", args.toArray(new String[0]));
    }

    private Result run(byte[] content, String name, String... more) throws IOException {
        Path input = Files.write(folder.resolve(name), content);
        var args = new ArrayList<>(List.of("publish", "--input", input.toString(), "--dry-run"));
        args.addAll(List.of(more));
        var run = new CommandRun();
        int exit = run.run(args.toArray(new String[0]));
        return new Result(exit, run.out(), run.err());
    }

    private static Arguments table(String name, String rows, int good, int bad, String problem) {
        return Arguments.of(name, rows, good, bad, problem);
    }

    private static Arguments lines(String name, String text, int good, int bad, String problem) {
        return Arguments.of(name, text, good, bad, problem);
    }

    private static String object(String id, String more) {
        return "{\"id\":\"" + id + "\",\"event_type\":\"t\",\"account_id\":\"a\"" + more + "}";
    }

    private static String number(String text) {
        return object("u-1", ",\"data\":{\"n\":" + text + "}");
    }

    private static String cost(String amount) {
        return object("u-1", ",\"costs\":[{\"vendor\":\"v\",\"currency\":\"USD\",\"amount\":" + amount + "}]");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }

    private static byte[] gzip(byte[] content) {
        return written(bytes -> {
            try (OutputStream gzip = new GZIPOutputStream(bytes)) {
                gzip.write(content);
            }
        });
    }

    private static byte[] zip(Object... namesAndContents) {
        return written(bytes -> {
            try (var zip = new ZipOutputStream(bytes)) {
                for (int i = 0; i < namesAndContents.length; i += 2) {
                    zip.putNextEntry(new ZipEntry((String) namesAndContents[i]));
                    zip.write((byte[]) namesAndContents[i + 1]);
                }
            }
        });
    }

    private static byte[] joined(byte[] one, byte[] other) {
        return written(bytes -> {
            bytes.write(one);
            bytes.write(other);
        });
    }

    private interface Writing {
        void to(OutputStream bytes) throws IOException;
    }

    private static byte[] written(Writing writing) {
        var bytes = new ByteArrayOutputStream();
        try {
            writing.to(bytes);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }
}
