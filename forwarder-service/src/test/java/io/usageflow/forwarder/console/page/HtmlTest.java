package io.usageflow.forwarder.console.page;

import static io.usageflow.forwarder.console.page.Html.attr;
import static io.usageflow.forwarder.console.page.Html.el;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Siblings: markup, both quotes, entities, controls, marks that turn the direction, as text, attribute and lines. */
class HtmlTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "<script>alert(1)</script> | &lt;script&gt;alert(1)&lt;/script&gt;",
                "\" onmouseover=\"alert(1) | &quot; onmouseover=&quot;alert(1)",
                "' onmouseover='alert(1) | &#39; onmouseover=&#39;alert(1)",
                "&lt;b&gt; | &amp;lt;b&amp;gt;",
                "</pre><img src=x> | &lt;/pre&gt;&lt;img src=x&gt;",
                "a\u0007b | a\\u0007b",
                "a\u0000b | a\\u0000b",
                "a\u202Etxt.exe | a\\u202Etxt.exe",
                "a\u200Bb | a\\u200Bb",
            })
    void shouldEscapeWhateverAPageShows(String text, String shown) {
        assertThat(el("p", text).document()).isEqualTo("<!doctype html>\n<p>" + shown + "</p>");
        assertThat(el("p", List.of(Optional.of(text))).document()).isEqualTo("<!doctype html>\n<p>" + shown + "</p>");
        assertThat(el("input", attr("value", text)).document())
                .isEqualTo("<!doctype html>\n<input value=\"" + shown + "\">");
        assertThat(Html.lines(text + "\nb").document()).isEqualTo("<!doctype html>\n<pre>" + shown + "\nb</pre>");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "javascript:alert(1)",
                "https://evil.example/",
                "//evil.example/",
                "/metrics",
                "../metrics",
                "find?q=\"",
                "find?q=a b",
                "FIND",
                ""
            })
    void shouldHaveNoReferenceThatLeavesTheConsole(String reference) {
        for (String name : List.of("href", "src", "action")) {
            assertThatThrownBy(() -> el("a", attr(name, reference))).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"onclick", "style", "script", "a b", "x>", ""})
    void shouldTakeNoNameThatRunsOrBreaksOut(String name) {
        assertThatThrownBy(() -> el(name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> el("p", attr(name, ""))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldReferToAnyTextInAQuery() {
        assertThat(Layout.link("<a>", "find", "q", "a&b=c \"'<>\u202E/?#", "account", "")
                        .document())
                .isEqualTo(
                        "<!doctype html>\n<a href=\"find?q=a%26b%3Dc+%22%27%3C%3E%E2%80%AE%2F%3F%23\">&lt;a&gt;</a>");
    }
}
