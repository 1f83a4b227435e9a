package io.usageflow.forwarder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void shouldAlignTextToTheLeftAndFiguresToTheRight() {
        var table = new Table("REASON", "COUNT", "ACCOUNT")
                .row("REJECTED", 12, "acct_1")
                .row("TOO_OLD", 1_000, null);

        assertThat(table.lines())
                .containsExactly("REASON    COUNT  ACCOUNT", "REJECTED     12  acct_1", "TOO_OLD    1000  -");
    }

    @Test
    void shouldNotLetACellBreakTheTableNorCommandTheTerminal() {
        assertThat(new Table("TEXT").row("a\nb\u001b[31m").lines()).containsExactly("TEXT", "a b [31m");
    }

    @Test
    void shouldRefuseARowOfAnotherLength() {
        assertThatThrownBy(() -> new Table("A", "B").row("1")).hasMessageContaining("1 cells under 2 headings");
    }
}
