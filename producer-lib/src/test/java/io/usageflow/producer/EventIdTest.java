package io.usageflow.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.schema.id.Uuids;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class EventIdTest {

    /** Pinned: another id for the same fact in a later release would charge every retry across the upgrade twice. */
    @Test
    void shouldDeriveTheSameIdInEveryRelease() {
        assertThat(EventId.derive("message", 42).value()).isEqualTo("80b2e521-ea19-51de-bccd-a23b95dc7b35");
        assertThat(EventId.derive("invoice", LocalDate.of(2026, 10, 31), new BigDecimal("1.50"))
                        .value())
                .isEqualTo("a8d1c148-d559-5fc5-90a0-d6f89fa10f3a");
    }

    @Test
    void shouldDeriveAVersion5Uuid() {
        UUID id = UUID.fromString(EventId.derive("a").value());

        assertThat(id.version()).isEqualTo(5);
        assertThat(id.variant()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource
    void shouldTellFactsApart(EventId one, EventId other) {
        assertThat(one).isNotEqualTo(other);
    }

    static Stream<Arguments> shouldTellFactsApart() {
        return Stream.of(
                Arguments.of(EventId.derive("a", "bc"), EventId.derive("ab", "c")),
                Arguments.of(EventId.derive("a", "b"), EventId.derive("b", "a")),
                Arguments.of(EventId.derive("a"), EventId.derive("a", "")),
                Arguments.of(EventId.derive("a"), EventId.derive("A")),
                Arguments.of(EventId.derive(1), EventId.derive(10)));
    }

    @ParameterizedTest
    @MethodSource
    void shouldTakeOneFactForOne(EventId one, EventId other) {
        assertThat(one).isEqualTo(other);
    }

    static Stream<Arguments> shouldTakeOneFactForOne() {
        return Stream.of(
                Arguments.of(EventId.derive("order", 7), EventId.derive("order", "7")),
                Arguments.of(EventId.derive(7), EventId.derive(7L)),
                Arguments.of(EventId.derive(7L), EventId.derive(BigInteger.valueOf(7))),
                Arguments.of(EventId.derive(new BigDecimal("1.50")), EventId.derive(new BigDecimal("1.5"))),
                Arguments.of(EventId.derive(DayOfWeek.MONDAY), EventId.derive("MONDAY")),
                Arguments.of(
                        EventId.derive(Instant.parse("2026-01-01T00:00:00Z")), EventId.derive("2026-01-01T00:00:00Z")));
    }

    @ParameterizedTest
    @MethodSource
    void shouldRefuseWhatHasNoLastingText(Object part, String named) {
        assertThatThrownBy(() -> EventId.derive("message", part))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("part 1")
                .hasMessageContaining(named);
    }

    static Stream<Arguments> shouldRefuseWhatHasNoLastingText() {
        return Stream.of(
                Arguments.of(null, "null"),
                Arguments.of(0.1, "java.lang.Double"),
                Arguments.of(0.1f, "java.lang.Float"),
                Arguments.of(new Object(), "java.lang.Object"),
                Arguments.of(new byte[] {1}, "[B"));
    }

    @Test
    void shouldRefuseToDeriveFromNothing() {
        assertThatThrownBy(EventId::derive).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> EventId.derive((Object[]) null)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldGenerateVersion7IdsOfTheCurrentTime() {
        Instant before = Instant.now();

        UUID id = UUID.fromString(EventId.generate().value());

        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(Uuids.timeOf(id))
                .hasValueSatisfying(time -> assertThat(time).isBetween(before.minusMillis(1), Instant.now()));
    }

    @Test
    void shouldGenerateEachIdOnceAcrossThreads() throws InterruptedException {
        Set<EventId> ids = java.util.concurrent.ConcurrentHashMap.newKeySet();
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            threads[t] = new Thread(() -> {
                Set<EventId> own = new HashSet<>();
                for (int i = 0; i < 20_000; i++) {
                    own.add(EventId.generate());
                }
                ids.addAll(own);
            });
            threads[t].start();
        }

        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(ids).hasSize(80_000);
    }
}
