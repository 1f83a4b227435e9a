package io.usageflow.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.schema.registry.SchemaRegistry.Compatibility;
import io.usageflow.schema.registry.SchemaRegistry.SchemaRefusedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryStoreTest {
    private static final Schema TEXT = new Schema.Parser().parse("\"string\"");
    private static final Schema NUMBER = new Schema.Parser().parse("\"int\"");

    @TempDir
    private Path directory;

    @Test
    void shouldGiveTheSameIdsAgain() {
        Path journal = directory.resolve("registry.jsonl");
        RegistryStore first = RegistryStore.journaled(journal);
        first.register("a", TEXT);
        first.setLevel(Optional.of("a"), Compatibility.NONE);
        first.register("a", NUMBER);
        first.register("a", NUMBER);
        first.register("b", NUMBER);
        first.setLevel(Optional.empty(), Compatibility.FULL);

        RegistryStore second = RegistryStore.journaled(journal);

        assertThat(second.registry().byId(1)).hasValue(TEXT);
        assertThat(second.registry().byId(2)).hasValue(NUMBER);
        assertThat(second.registry().versions("a"))
                .isEqualTo(first.registry().versions("a"))
                .hasSize(2);
        assertThat(second.registry().versions("b")).hasSize(1);
        assertThat(second.registry().compatibilityOf("a")).hasValue(Compatibility.NONE);
        assertThat(second.registry().globalCompatibility()).isEqualTo(Compatibility.FULL);
    }

    @Test
    void shouldTakeOffALineThatACrashHasCut() throws Exception {
        Path journal = directory.resolve("registry.jsonl");
        RegistryStore.journaled(journal).register("a", TEXT);
        Files.writeString(journal, "{\"subject\":\"b\",\"sch", StandardOpenOption.APPEND);

        RegistryStore.journaled(journal).register("c", NUMBER);

        RegistryStore third = RegistryStore.journaled(journal);
        assertThat(third.registry().subjects()).containsExactly("a", "c");
        assertThat(third.registry().byId(2)).hasValue(NUMBER);
    }

    @Test
    void shouldKeepNoRefusal() throws Exception {
        Path journal = directory.resolve("registry.jsonl");
        RegistryStore store = RegistryStore.journaled(journal);
        store.register("a", TEXT);
        String before = Files.readString(journal);

        assertThatThrownBy(() -> store.register("a", NUMBER)).isInstanceOf(SchemaRefusedException.class);

        assertThat(Files.readString(journal)).isEqualTo(before);
    }

    @Test
    void shouldNameADamagedJournal() throws Exception {
        Path journal = Files.writeString(directory.resolve("registry.jsonl"), "nonsense\n");

        assertThatThrownBy(() -> RegistryStore.journaled(journal))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(journal.toString());
    }
}
