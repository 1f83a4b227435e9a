package io.usageflow.cli.command;

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
        assertThat(new Table("TEXT").row("a\nb\u001b[31m\u009b1m").lines())
                .containsExactly("TEXT", "a\\u000Ab\\u001B[31m\\u009B1m");
        assertThat(new Table("ACCOUNT", "N").row("acct_2 ", 1).row("acct_2", 1).lines())
                .as("a blank at the end is seen")
                .containsExactly("ACCOUNT       N", "acct_2\\u0020  1", "acct_2        1");
    }

    @Test
    void shouldRefuseARowOfAnotherLength() {
        assertThatThrownBy(() -> new Table("A", "B").row("1")).hasMessageContaining("1 cells under 2 headings");
    }
}
