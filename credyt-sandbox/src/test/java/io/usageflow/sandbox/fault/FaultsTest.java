package io.usageflow.sandbox.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.sandbox.fault.FaultRule.FaultMatch;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FaultsTest {
    private static final Fault FAULT = Fault.status(500);
    private static final byte[] NO_BODY = new byte[0];

    private Instant now = Instant.parse("2026-01-31T12:00:00Z");
    private final Faults faults = new Faults(new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    });

    private boolean strikes() {
        return faults.strike("POST /events", "/events", NO_BODY).isPresent();
    }

    private List<Boolean> strikes(int count) {
        return IntStream.range(0, count).mapToObj(i -> strikes()).toList();
    }

    @Test
    void shouldStrikeSoOftenAndThenBeSpent() {
        faults.add(FaultRule.next(2, FaultMatch.ALL, FAULT));

        assertThat(strikes(4)).containsExactly(true, true, false, false);
        assertThat(faults.all().get(0).struck()).isEqualTo(2);
    }

    @Test
    void shouldStrikeTheSameRequestsForTheSameSeed() {
        faults.add(FaultRule.always(FaultMatch.ALL, FAULT).withRate(0.3, 42));
        List<Boolean> first = strikes(1_000);
        faults.clear();
        faults.add(FaultRule.always(FaultMatch.ALL, FAULT).withRate(0.3, 42));

        assertThat(strikes(1_000)).isEqualTo(first);
        assertThat(first.stream().filter(struck -> struck).count()).isBetween(240L, 360L);
    }

    @Test
    void shouldEndAtItsTime() {
        faults.add(FaultRule.always(FaultMatch.ALL, FAULT).withUntil(now.plusSeconds(5)));

        assertThat(strikes()).isTrue();
        now = now.plusSeconds(5);
        assertThat(strikes()).isFalse();
    }

    @Test
    void shouldFindAnIdInBodyOrPathOnly() {
        FaultMatch match = FaultMatch.POST_EVENTS.ofEvent("é-1");
        byte[] body = "{\"id\":\"é-1\"}".getBytes(StandardCharsets.UTF_8);
        byte[] longer = "{\"id\":\"é-12\"}".getBytes(StandardCharsets.UTF_8);

        assertThat(match.meets("POST /events", "/events", body)).isTrue();
        assertThat(match.meets("POST /events", "/events", longer)).isFalse();
        assertThat(match.meets("GET /events/{id}", "/events/é-1", NO_BODY)).isFalse();
        assertThat(FaultMatch.ALL.ofEvent("é-1").meets("GET /events/{id}", "/events/é-1", NO_BODY))
                .isTrue();
    }

    @Test
    void shouldLetTheFirstRuleDecide() {
        int first = faults.add(FaultRule.always(FaultMatch.ALL, Fault.status(503)));
        faults.add(FaultRule.always(FaultMatch.ALL, Fault.status(400)));

        assertThat(faults.strike("GET /x", "/x", NO_BODY)).contains(Fault.status(503));
        assertThat(faults.remove(first)).isTrue();
        assertThat(faults.strike("GET /x", "/x", NO_BODY)).contains(Fault.status(400));
    }

    @Test
    void shouldRefuseRulesThatMakeNoSense() {
        FaultRule rule = FaultRule.always(FaultMatch.ALL, FAULT);

        assertThatThrownBy(() -> rule.withTimes(-1)).hasMessageContaining("times is -1");
        assertThatThrownBy(() -> rule.withRate(0, 1)).hasMessageContaining("rate is 0");
        assertThatThrownBy(() -> rule.withRate(Double.NaN, 1)).hasMessageContaining("rate is NaN");
        assertThatThrownBy(() -> Fault.status(418)).hasMessageContaining("418");
        assertThatThrownBy(() -> Fault.RetryAfter.seconds(-1)).hasMessageContaining("-1");
    }
}
