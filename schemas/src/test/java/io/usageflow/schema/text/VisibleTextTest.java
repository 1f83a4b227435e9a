package io.usageflow.schema.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The kind: text that another program wrote reaches a person's eyes or terminal. Siblings and decisions:
 *
 * <table>
 * <tr><th>character</th><th>shown as</th></tr>
 * <tr><td>C0, DEL, C1 (U+009B, U+009D), line and paragraph separators</td><td>escape</td></tr>
 * <tr><td>bidirectional marks, overrides, isolates; zero-width; tags; byte order mark; soft hyphen</td><td>escape</td></tr>
 * <tr><td>spaces other than U+0020; fillers and other letters and marks without a glyph</td><td>escape</td></tr>
 * <tr><td>halves of surrogate pairs, unassigned and private characters</td><td>escape</td></tr>
 * <tr><td>bytes that are no UTF-8</td><td><code>\xXX</code></td></tr>
 * <tr><td>blanks at the ends of a whole text</td><td>escape; inside a line they stay</td></tr>
 * <tr><td>backslash, U+FFFD, letters that look like others</td><td>as they are</td></tr>
 * <tr><td>too long</td><td>cut, with the length</td></tr>
 * </table>
 */
class VisibleTextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"", "acct_42", "Müller & Söhne", "客户", "C:\\temp\\x", "two words", "👍 ok", "a\uFFFDb", "é"})
    void shouldLeavePlainTextAsItIs(String plain) {
        assertThat(VisibleText.of(plain)).isEqualTo(plain);
        assertThat(VisibleText.line(plain)).isEqualTo(plain);
        assertThat(VisibleText.lines(plain)).isEqualTo(plain);
        assertThat(VisibleText.of(plain.getBytes(StandardCharsets.UTF_8))).isEqualTo(plain);
    }

    @Test
    void shouldEscapeWhatForgesLinesOrCommandsATerminal() {
        assertThat(VisibleText.of("a\nevent=x\r\u001b[2J\u009b31m\u009d0;t\u0007\u007f\u0085\u2028\u2029"))
                .isEqualTo("a\\u000Aevent=x\\u000D\\u001B[2J\\u009B31m\\u009D0;t\\u0007\\u007F\\u0085\\u2028\\u2029");
    }

    @Test
    void shouldEscapeWhatNobodySees() {
        assertThat(VisibleText.of("a\u202eb\u2066c\u200bd\u200de\ufefff\u00adg"))
                .isEqualTo("a\\u202Eb\\u2066c\\u200Bd\\u200De\\uFEFFf\\u00ADg");
        assertThat(VisibleText.of("a\u00a0b\u3000c\u3164d\u2800e\ufe0ff\u034fg"))
                .isEqualTo("a\\u00A0b\\u3000c\\u3164d\\u2800e\\uFE0Ff\\u034Fg");
        assertThat(VisibleText.of("a\uDB40\uDC41b")).as("a tag").isEqualTo("a\\uDB40\\uDC41b");
        assertThat(VisibleText.of("a\ud800b\udc00")).as("halves of pairs").isEqualTo("a\\uD800b\\uDC00");
        assertThat(VisibleText.of("\ue000\uffff")).isEqualTo("\\uE000\\uFFFF");
    }

    @Test
    void shouldShowBlanksAtTheEndsOfAWholeText() {
        assertThat(VisibleText.of(" acct  2 ")).isEqualTo("\\u0020acct  2\\u0020");
        assertThat(VisibleText.of("  ")).isEqualTo("\\u0020\\u0020");
        assertThat(VisibleText.line("  indented ")).isEqualTo("  indented ");
    }

    @Test
    void shouldShowBytesThatAreNoUtf8() {
        byte[] broken = {'a', (byte) 0xff, (byte) 0xc3, 'b', (byte) 0xed, (byte) 0xa0, (byte) 0x80, 0, (byte) 0xe2};

        assertThat(VisibleText.of(broken)).isEqualTo("a\\xFF\\xC3b\\xED\\xA0\\x80\\u0000\\xE2");
        assertThat(VisibleText.of((byte[]) null)).isEqualTo("null");
    }

    @Test
    void shouldCutWithAMarkThatSaysTheLength() {
        String cut = VisibleText.of("x".repeat(5_000));

        assertThat(cut).hasSizeLessThanOrEqualTo(VisibleText.CHARS_MAX).endsWith("xxx... (5000 characters)");
        assertThat(VisibleText.of("x".repeat(VisibleText.CHARS_MAX))).doesNotContain("...");
        assertThat(VisibleText.of("\u0000".repeat(300))).endsWith("\\u0000... (300 characters)");
        assertThat(VisibleText.of("a" + "👍".repeat(900))).endsWith("👍... (1801 characters)");
        assertThat(VisibleText.of("é".repeat(4_000).getBytes(StandardCharsets.UTF_8)))
                .endsWith("é... (8000 bytes)");
        assertThat(VisibleText.of("x".repeat(100), 64)).hasSizeLessThanOrEqualTo(64);
    }

    @Test
    void shouldKeepALoggedValueOneValue() {
        assertThat(VisibleText.logged("acct_1")).isEqualTo("acct_1");
        assertThat(VisibleText.logged("")).isEqualTo("\"\"");
        assertThat(VisibleText.logged("acct_1 why=fine")).isEqualTo("\"acct_1 why=fine\"");
        assertThat(VisibleText.logged("a\" why=\"b")).isEqualTo("\"a\\\" why=\\\"b\"");
        assertThat(VisibleText.logged("a\\\" why=b\\")).isEqualTo("\"a\\\\\\\" why=b\\\\\"");
        assertThat(VisibleText.logged("a\nb")).isEqualTo("a\\u000Ab");
        assertThat(VisibleText.logged(null)).isEqualTo("null");
    }

    @Test
    void shouldKeepTheLinesOfADocument() {
        assertThat(VisibleText.lines("{\n  \"a\" : \"\u202e\"\r\n}")).isEqualTo("{\n  \"a\" : \"\\u202E\"\\u000D\n}");
    }
}
