package io.usageflow.schema.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** For any text: nothing hidden comes out, nothing visible changes, and the text can be told from its escapes. */
class VisibleTextProperties {
    private static final Pattern HIDDEN =
            Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\p{Cn}\\p{Zl}\\p{Zp}[\\p{Zs}&&[^ ]]]");
    private static final Pattern ONE_VALUE = Pattern.compile("[^ \"=]+|\"([^\"\\\\]|\\\\.)*\"");

    @Property
    void shouldShowNothingHidden(@ForAll @From("texts") String text) {
        assertThat(VisibleText.of(text)).doesNotContainPattern(HIDDEN).hasSizeLessThanOrEqualTo(VisibleText.CHARS_MAX);
        assertThat(VisibleText.line(text)).doesNotContainPattern(HIDDEN);
        assertThat(VisibleText.lines(text).replace("\n", "")).doesNotContainPattern(HIDDEN);
    }

    @Property
    void shouldShowNothingHiddenOfAnyBytes(@ForAll @Size(max = 2_000) byte[] bytes) {
        assertThat(VisibleText.of(bytes)).doesNotContainPattern(HIDDEN).hasSizeLessThanOrEqualTo(VisibleText.CHARS_MAX);
    }

    @Property
    void shouldChangeNothingTheSecondTime(@ForAll @From("texts") String text) {
        String once = VisibleText.of(text);
        String line = VisibleText.line(text);

        assertThat(VisibleText.of(once)).isEqualTo(once);
        assertThat(VisibleText.line(line)).isEqualTo(line);
        assertThat(VisibleText.line(once)).isEqualTo(once);
    }

    @Property
    void shouldLoseNoCharacter(@ForAll @From("texts") String text) {
        assertThat(unescaped(VisibleText.line(text.replace("\\", "")))).isEqualTo(text.replace("\\", ""));
    }

    @Property
    void shouldReadBytesAsText(@ForAll @From("texts") String text) {
        String whole = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        String shown = VisibleText.of(whole);

        if (!shown.endsWith(" characters)")) {
            assertThat(VisibleText.of(whole.getBytes(StandardCharsets.UTF_8))).isEqualTo(shown);
        }
    }

    @Property
    void shouldLogOneValue(@ForAll @From("texts") String text) {
        assertThat(VisibleText.logged(text)).matches(ONE_VALUE);
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<Character> hostile = Arbitraries.of(
                ' ', '"', '=', '\\', 'u', '0', '\n', '\r', '\u001b', '\u009b', '\u202e', '\u200b', '\ud83d', '\udc4d');
        return Arbitraries.frequencyOf(
                        net.jqwik.api.Tuple.of(1, Arbitraries.chars().all()),
                        net.jqwik.api.Tuple.of(2, hostile),
                        net.jqwik.api.Tuple.of(2, Arbitraries.chars().ascii()))
                .list()
                .ofMaxSize(1_500)
                .map(chars -> {
                    var text = new StringBuilder();
                    chars.forEach(text::append);
                    return text.toString();
                });
    }

    private static String unescaped(String line) {
        return Pattern.compile("\\\\u([0-9A-F]{4})")
                .matcher(line)
                .replaceAll(escape -> java.util.regex.Matcher.quoteReplacement(
                        Character.toString((char) Integer.parseInt(escape.group(1), 16))));
    }
}
