package io.usageflow.forwarder.admission.parking;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.forwarder.admission.HeapStore;
import io.usageflow.forwarder.admission.links.Resolution.Missing;
import io.usageflow.forwarder.admission.links.Resolution.Reason;
import io.usageflow.forwarder.admission.links.Resolution.Unresolved;
import io.usageflow.forwarder.deadletter.SourceRecord;
import io.usageflow.schema.SourceCoordinates;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class ParkedEventsTest {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    private static final Unresolved CUSTOMER = new Unresolved(Missing.CUSTOMER, "a");
    private static final Unresolved VENDOR = new Unresolved(Missing.VENDOR, "openai");

    private final HeapStore events = new HeapStore();
    private final HeapStore queues = new HeapStore();
    private final ParkedEvents parked = new ParkedEvents(events, queues);

    @Test
    void shouldKeepTheOrderOfEachAccount() {
        parked.park("a", event("a1"), CUSTOMER);
        parked.park("ab", event("ab1"), CUSTOMER);
        parked.park("a", event("a2"), CUSTOMER);

        assertThat(drained("a")).containsExactly("a1", "a2");
        assertThat(drained("ab")).containsExactly("ab1");
        assertThat(parked.count()).isZero();
    }

    @Test
    void shouldLeaveNothingBehind() {
        parked.park("a", event("a1"), CUSTOMER);

        drained("a");

        assertThat(parked.holds("a")).isFalse();
        assertThat(parked.count()).isZero();
        assertThat(events.approximateNumEntries()).isZero();
        assertThat(queues.approximateNumEntries()).isZero();
    }

    @Test
    void shouldGoOnAfterARestartWhereItWas() {
        parked.park("a", event("a1"), CUSTOMER);
        parked.park("a", event("a2"), CUSTOMER);
        parked.park("b", event("b1"), VENDOR);
        assertThat(drained("a", 1)).containsExactly("a1");

        ParkedEvents again = new ParkedEvents(events, queues);
        again.park("a", event("a3"), CUSTOMER);

        assertThat(again.count()).isEqualTo(3);
        Takes takes = new Takes(Integer.MAX_VALUE);
        assertThat(again.drain("a", takes)).isTrue();
        assertThat(takes.taken).containsExactly("a2", "a3");
        assertThat(again.count()).isEqualTo(1);
    }

    @Test
    void shouldStopAtTheFirstThatStaysAndSayWhatItWaitsForAndSinceWhen() {
        parked.park("a", event("a1"), CUSTOMER);
        parked.park("a", event("a2", NOON.plusSeconds(5)), CUSTOMER);
        parked.park("a", event("a3", NOON.plusSeconds(6)), CUSTOMER);
        Takes takes = new Takes(Integer.MAX_VALUE, "a2");

        assertThat(parked.drain("a", takes)).as("settled").isTrue();

        assertThat(takes.taken).containsExactly("a1");
        assertThat(queuesNow()).containsExactly(new ParkedQueue(1, 3, NOON.plusSeconds(5), VENDOR));
        assertThat(parked.count()).isEqualTo(2);
    }

    @Test
    void shouldKnowSinceWhenTheNextWaitsWhereTimeWasUp() {
        parked.park("a", event("a1"), CUSTOMER);
        parked.park("a", event("a2", NOON.plusSeconds(5)), CUSTOMER);

        assertThat(parked.drain("a", new Takes(1))).as("more might go").isFalse();

        assertThat(queuesNow()).containsExactly(new ParkedQueue(1, 2, NOON.plusSeconds(5), CUSTOMER));
    }

    @Test
    void shouldTakeNothingWithoutTimeAndFromNobody() {
        parked.park("a", event("a1"), CUSTOMER);

        assertThat(parked.drain("a", new Takes(0))).isFalse();
        assertThat(parked.drain("b", new Takes(1))).isTrue();

        assertThat(parked.count()).isEqualTo(1);
    }

    @Test
    void shouldNameWhatIsMissingInTheStoredQueue() {
        for (Unresolved waitsFor : List.of(
                new Unresolved(Missing.VENDOR, "größe"),
                new Unresolved(Missing.CUSTOMER, "acct_1"),
                new Unresolved(Missing.VENDOR, "openai", Reason.LINK_UNREADABLE),
                new Unresolved(Missing.CUSTOMER, "acct_1", Reason.EVENT_UNREADABLE),
                Unresolved.catalogueNotRead("acct_1"),
                Unresolved.notBillable("größe", "no price\nfor it: 'größe'"))) {
            ParkedQueue queue = new ParkedQueue(7, 9, NOON, waitsFor);

            assertThat(ParkedQueue.fromBytes(queue.toBytes())).isEqualTo(queue);
        }
    }

    @Test
    void shouldSayWhatTheOldestEventWaitedForBefore() {
        Unresolved notBillable = Unresolved.notBillable("a", "no price");
        parked.park("a", event("a1"), notBillable);
        parked.park("a", event("a2"), CUSTOMER);
        parked.park("a", event("a3"), CUSTOMER);

        Takes first = new Takes(1);
        parked.drain("a", first);
        assertThat(first.befores).containsExactly(Optional.of(notBillable));
        assertThat(queuesNow())
                .as("a2 was not judged yet")
                .extracting(ParkedQueue::waitsFor)
                .containsExactly(CUSTOMER);

        Takes others = new Takes(9, "a3");
        parked.drain("a", others);
        assertThat(others.befores).containsExactly(Optional.of(CUSTOMER), Optional.empty());
    }

    @Test
    void shouldSayThatTheStoresDisagreeRatherThanLoseAnEvent() {
        parked.park("a", event("a1"), CUSTOMER);
        events.close();

        assertThatThrownBy(() -> parked.drain("a", new Takes(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("state folder is damaged");
    }

    @Test
    void shouldKeepTheWholeRecord() {
        Headers headers =
                new RecordHeaders().add("x", new byte[] {1}).add("x", null).add("ü", new byte[0]);
        SourceCoordinates source = new SourceCoordinates("usage.replays", 3, Long.MAX_VALUE, NOON, null);
        ParkedEvent event =
                new ParkedEvent(new SourceRecord(source, null, new byte[] {0, -1}, headers), NOON.plusMillis(7));

        ParkedEvent read = ParkedEvent.fromBytes(event.toBytes());

        assertThat(read.parkedAt()).isEqualTo(event.parkedAt());
        assertThat(read.origin().source()).isEqualTo(source);
        assertThat(read.origin().key()).isNull();
        assertThat(read.origin().value()).isEqualTo(new byte[] {0, -1});
        assertThat(read.origin().headers()).isEqualTo(headers);
    }

    private List<String> drained(String account) {
        return drained(account, Integer.MAX_VALUE);
    }

    private List<String> drained(String account, int atMost) {
        Takes takes = new Takes(atMost);
        parked.drain(account, takes);
        return takes.taken;
    }

    private List<ParkedQueue> queuesNow() {
        List<ParkedQueue> seen = new ArrayList<>();
        parked.forEachQueue((account, queue) -> seen.add(queue));
        return seen;
    }

    private static ParkedEvent event(String value) {
        return event(value, NOON);
    }

    private static ParkedEvent event(String value, Instant parkedAt) {
        SourceCoordinates source = new SourceCoordinates("usage.events", 0, 1L, NOON, null);
        return new ParkedEvent(new SourceRecord(source, null, value.getBytes(UTF_8), new RecordHeaders()), parkedAt);
    }

    /** Takes so many, and leaves the one that is named waiting for its vendor. */
    private static final class Takes implements ParkedEvents.HeadConsumer {
        final List<String> taken = new ArrayList<>();
        final List<Optional<Unresolved>> befores = new ArrayList<>();
        private final int atMost;
        private final List<String> stay;

        Takes(int atMost, String... stay) {
            this.atMost = atMost;
            this.stay = List.of(stay);
        }

        @Override
        public boolean hasTime() {
            return taken.size() < atMost;
        }

        @Override
        public Optional<Unresolved> take(ParkedEvent head, Optional<Unresolved> before) {
            befores.add(before);
            String text = new String(head.origin().value(), UTF_8);
            if (stay.contains(text)) {
                return Optional.of(VENDOR);
            }
            taken.add(text);
            return Optional.empty();
        }
    }

    @Test
    void shouldKeepTheIdOfTheTopicItCameFromAndReadWhatEarlierVersionsParked() {
        var source = new SourceCoordinates("usage.events", 3, 7L, NOON, "3vQ8mXWcTbqN0x-_aZ0b1A");
        ParkedEvent event = new ParkedEvent(
                new SourceRecord(
                        source, new byte[] {1}, new byte[] {2, 3}, new RecordHeaders().add("h", new byte[] {4})),
                NOON);

        byte[] bytes = event.toBytes();
        ParkedEvent back = ParkedEvent.fromBytes(bytes);
        assertThat(back.origin().source()).isEqualTo(source);
        assertThat(back.origin().headers()).isEqualTo(event.origin().headers());

        int idBytes = Integer.BYTES + source.getTopicId().length();
        ParkedEvent earlier = ParkedEvent.fromBytes(Arrays.copyOf(bytes, bytes.length - idBytes));
        assertThat(earlier.origin().source().getTopicId()).isNull();
        assertThat(earlier.origin().source().getOffset()).isEqualTo(7);
    }
}
