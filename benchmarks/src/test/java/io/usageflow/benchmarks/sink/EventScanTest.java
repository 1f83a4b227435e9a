package io.usageflow.benchmarks.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.benchmarks.load.EventIds;
import io.usageflow.benchmarks.sink.Arrivals.EventScan;
import io.usageflow.forwarder.credyt.EventJson;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventScanTest {
    private static final String COSTS = "\"costs\":[{\"id\":\"00000000-0000-4000-8000-000000000000\",\"amount\":1}]";

    private record Seen(int lane, long sequence, String json) {}

    @Test
    void shouldFindEveryEventAndItsBytes() {
        String first = event(7, 0, COSTS);
        String second = event(EventIds.LANE_MAX, 0xffff_ffff_fffL, "\"data\":{\"n\":\"é\"}");

        assertThat(scan(EventJson.body(true, "acct", List.of(first.getBytes(UTF_8), second.getBytes(UTF_8)))))
                .containsExactly(new Seen(7, 0, first), new Seen(EventIds.LANE_MAX, 0xffff_ffff_fffL, second));
    }

    @Test
    void shouldFindTheOnlyEvent() {
        String only = event(1, 42, COSTS);

        assertThat(scan(EventJson.body(false, "cust_1", List.of(only.getBytes(UTF_8)))))
                .containsExactly(new Seen(1, 42, only));
    }

    @Test
    void shouldRefuseWhatIsNoRequest() {
        for (String body : List.of("", "{}", "{\"events\":[]}", "x".repeat(500))) {
            assertThatThrownBy(() -> scan(body.getBytes(UTF_8))).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static List<Seen> scan(byte[] body) {
        List<Seen> seen = new ArrayList<>();
        int events = EventScan.events(
                body,
                (lane, sequence, from, to) ->
                        seen.add(new Seen(lane, sequence, new String(body, from, to - from, UTF_8))));
        assertThat(events).isEqualTo(seen.size());
        return seen;
    }

    private static String event(int lane, long sequence, String rest) {
        return "{\"id\":\"" + EventIds.of(0x1234_5678_9abc_def0L, lane, sequence) + "\",\"event_type\":\"chat\"," + rest
                + "}";
    }
}
