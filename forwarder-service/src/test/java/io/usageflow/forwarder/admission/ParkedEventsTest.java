package io.usageflow.forwarder.admission;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.forwarder.admission.Resolution.Missing;
import io.usageflow.forwarder.deadletter.Origin;
import io.usageflow.schema.SourceCoordinates;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class ParkedEventsTest {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    private final HeapStore events = new HeapStore();
    private final HeapStore queues = new HeapStore();
    private final ParkedEvents parked = new ParkedEvents(events, queues);

    @Test
    void shouldKeepTheOrderOfEachAccount() {
        parked.park("a", event("a1"), Missing.CUSTOMER);
        parked.park("ab", event("ab1"), Missing.CUSTOMER);
        parked.park("a", event("a2"), Missing.CUSTOMER);

        assertThat(drained("a")).containsExactly("a1", "a2");
        assertThat(drained("ab")).containsExactly("ab1");
        assertThat(parked.count()).isZero();
    }

    @Test
    void shouldLeaveNothingBehind() {
        parked.park("a", event("a1"), Missing.CUSTOMER);
        parked.removeHead("a");

        assertThat(parked.holds("a")).isFalse();
        assertThat(events.approximateNumEntries()).isZero();
        assertThat(queues.approximateNumEntries()).isZero();
    }

    @Test
    void shouldGoOnAfterARestartWhereItWas() {
        parked.park("a", event("a1"), Missing.CUSTOMER);
        parked.park("a", event("a2"), Missing.CUSTOMER);
        parked.park("b", event("b1"), Missing.VENDOR);
        parked.removeHead("a");

        ParkedEvents again = new ParkedEvents(events, queues);
        again.park("a", event("a3"), Missing.CUSTOMER);

        assertThat(again.count()).isEqualTo(3);
        assertThat(again.head("a").map(ParkedEventsTest::text)).contains("a2");
        again.removeHead("a");
        assertThat(again.head("a").map(ParkedEventsTest::text)).contains("a3");
    }

    @Test
    void shouldSayWhatTheHeadWaitsForAndSinceWhen() {
        parked.park("a", event("a1"), Missing.CUSTOMER);

        parked.headWaits("a", NOON.plusSeconds(5), Missing.VENDOR);

        List<ParkedQueue> seen = new ArrayList<>();
        parked.forEachQueue((account, queue) -> seen.add(queue));
        assertThat(seen).containsExactly(new ParkedQueue(0, 1, NOON.plusSeconds(5), Missing.VENDOR));
    }

    @Test
    void shouldSayThatTheStoresDisagreeRatherThanLoseAnEvent() {
        parked.park("a", event("a1"), Missing.CUSTOMER);
        events.close();

        assertThatThrownBy(() -> parked.head("a"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("state folder is damaged");
    }

    @Test
    void shouldKeepTheWholeRecord() {
        Headers headers =
                new RecordHeaders().add("x", new byte[] {1}).add("x", null).add("ü", new byte[0]);
        SourceCoordinates source = new SourceCoordinates("usage.replays", 3, Long.MAX_VALUE, NOON);
        ParkedEvent event = new ParkedEvent(new Origin(source, null, new byte[] {0, -1}, headers), NOON.plusMillis(7));

        ParkedEvent read = ParkedEvent.fromBytes(event.toBytes());

        assertThat(read.parkedAt()).isEqualTo(event.parkedAt());
        assertThat(read.origin().source()).isEqualTo(source);
        assertThat(read.origin().key()).isNull();
        assertThat(read.origin().value()).isEqualTo(new byte[] {0, -1});
        assertThat(read.origin().headers()).isEqualTo(headers);
    }

    private List<String> drained(String account) {
        List<String> drained = new ArrayList<>();
        while (parked.holds(account)) {
            drained.add(text(parked.head(account).orElseThrow()));
            parked.removeHead(account);
        }
        return drained;
    }

    private static ParkedEvent event(String value) {
        SourceCoordinates source = new SourceCoordinates("usage.events", 0, 1L, NOON);
        return new ParkedEvent(new Origin(source, null, value.getBytes(UTF_8), new RecordHeaders()), NOON);
    }

    private static String text(ParkedEvent event) {
        return new String(event.origin().value(), UTF_8);
    }
}
