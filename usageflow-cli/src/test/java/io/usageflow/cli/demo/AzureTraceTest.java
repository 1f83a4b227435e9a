package io.usageflow.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.cli.command.WrongUsageException;
import io.usageflow.cli.demo.DemoTrace.TraceRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AzureTraceTest {
    @TempDir
    Path folder;

    @Test
    void shouldReadCarriageReturnsAndSevenFractionDigits() {
        Path file =
                file("conv.csv", "TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 18:15:46.6805900,374,44\r\n");

        DemoTrace trace = AzureTrace.read(file);

        assertThat(trace.badLines()).isEmpty();
        assertThat(trace.rows())
                .containsExactly(new TraceRow("conv", 2, Instant.parse("2023-11-16T18:15:46.680590Z"), 374, 44));
    }

    @Test
    void shouldNameEachUnreadableLineAndReadTheRest() {
        Path file = file("code.csv", """
                TIMESTAMP,ContextTokens,GeneratedTokens
                2023-11-16 18:15:46,1,2
                yesterday,1,2
                2023-11-16 18:15:47,1
                2023-11-16 18:15:48,-1,2
                2023-11-16 18:15:49,1,"2
                2023-11-16 18:15:50,3,1e3
                2023-11-16 18:15:51,3,4
                """);

        DemoTrace trace = AzureTrace.read(file);

        assertThat(trace.rows()).extracting(TraceRow::line).containsExactly(2L, 8L);
        assertThat(trace.badLines())
                .containsExactly(
                        "code.csv line 3: TIMESTAMP 'yesterday' is not like 2023-11-16 18:15:46.6805900",
                        "code.csv line 4: has 2 fields, not 3",
                        "code.csv line 5: ContextTokens '-1' is not a whole number of at least 0",
                        "code.csv line 6: is not CSV",
                        "code.csv line 7: GeneratedTokens '1e3' is not a whole number of at least 0");
    }

    @Test
    void shouldRefuseWhatIsNoSuchTrace() {
        Path file = file("other.csv", "a,b\n1,2\n");

        assertThatThrownBy(() -> AzureTrace.read(file))
                .isInstanceOf(WrongUsageException.class)
                .hasMessageContaining("other.csv")
                .hasMessageContaining("TIMESTAMP,ContextTokens,GeneratedTokens");
        assertThatThrownBy(() -> AzureTrace.read(folder.resolve("missing.csv")))
                .isInstanceOf(WrongUsageException.class)
                .hasMessageContaining("missing.csv");
    }

    private Path file(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
