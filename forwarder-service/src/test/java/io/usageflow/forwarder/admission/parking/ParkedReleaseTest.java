package io.usageflow.forwarder.admission.parking;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.admission.AdmissionDriver;
import io.usageflow.forwarder.admission.Events;
import io.usageflow.forwarder.admission.HeapStore;
import io.usageflow.forwarder.admission.check.RecordDecoder;
import io.usageflow.forwarder.admission.check.RegistryRetry;
import io.usageflow.forwarder.admission.check.RegistryRetry.RegistryStatus;
import io.usageflow.forwarder.admission.dedup.DedupResult.NewEvent;
import io.usageflow.forwarder.admission.gate.BillingGate;
import io.usageflow.forwarder.admission.links.LinkResolver;
import io.usageflow.forwarder.admission.links.Resolution;
import io.usageflow.forwarder.admission.links.Resolution.Missing;
import io.usageflow.forwarder.admission.links.Resolution.Unresolved;
import io.usageflow.forwarder.admission.links.VendorLinks;
import io.usageflow.forwarder.config.AdmissionSettings.Unbillable;
import io.usageflow.forwarder.config.AdmissionSettings.Unlinked.Policy;
import io.usageflow.forwarder.deadletter.DeadLetterDraft;
import io.usageflow.forwarder.deadletter.SourceRecord;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.serde.UnknownSchemaException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Steps, turns and rests; each event that goes takes a millisecond here. For what becomes of events see ParkingTopologyTest. */
class ParkedReleaseTest {
    private static final Instant NOON = Events.NOON;
    private static final int STEP = (int) ReleaseThrottle.STEP_MAX.toMillis();

    private final AtomicLong clock = new AtomicLong(NOON.toEpochMilli());
    private final ReleaseThrottle.ThreadShare crew = new ReleaseThrottle.ThreadShare();
    private final ParkedEvents parked = new ParkedEvents(new HeapStore(), new HeapStore());
    private final Map<String, CredytReference> links = new HashMap<>();
    private final List<String> gone = new ArrayList<>();
    private ParkedRelease release;

    @BeforeEach
    void open() {
        release = opened();
    }

    @Test
    void shouldLetAnAccountGoInStepsWithRestsBetween() {
        List<String> ids = park("acct_1", 25);
        link("acct_1");

        release.step(now());
        assertThat(gone).hasSize(STEP);
        release.step(now());
        assertThat(gone).as("it rests").hasSize(STEP);

        stepUntilAllAreGone();
        assertThat(gone).isEqualTo(ids);
    }

    @Test
    void shouldNotLetANewEventOvertake() {
        List<String> ids = new ArrayList<>(park("acct_1", 25));
        link("acct_1");
        release.step(now());

        assertThat(parked.holds("acct_1")).as("so a new one is parked").isTrue();
        ids.addAll(park("acct_1", 1));
        stepUntilAllAreGone();

        assertThat(gone).isEqualTo(ids);
    }

    @Test
    void shouldGiveEachAccountItsTurn() {
        park("big", 1000);
        park("small", 2);
        link("big");
        link("small");

        release.step(now());
        clock.addAndGet(STEP);
        release.step(now());

        assertThat(gone.subList(STEP, STEP + 2))
                .as("after one step of the big one")
                .allMatch(id -> id.startsWith("small"));
    }

    @Test
    void shouldLetTheNextLinksEventsGoAtOnceWhereNothingWasLeft() {
        park("acct_1", STEP - 1);
        park("acct_2", 1);
        link("acct_1");
        release.step(now());

        link("acct_2");
        release.step(now());

        assertThat(gone).hasSize(STEP);
    }

    @Test
    void shouldFindWhatWaitedBeforeItBegan() {
        List<String> ids = park("acct_1", 3);
        links.put("acct_1", AdmissionDriver.reference("cust"));

        release = opened();
        release.step(now());

        assertThat(gone).isEqualTo(ids);
    }

    @Test
    void shouldGiveTheThreadsTimeBackWhenItEnds() {
        park("acct_1", 25);
        link("acct_1");
        release.step(now());
        release.close();

        ReleaseThrottle other = new ReleaseThrottle(crew, clock::get);
        other.wanted();
        other.start();
        clock.addAndGet(STEP);
        other.rest();

        clock.addAndGet(STEP);
        assertThat(other.start()).as("it rests as if alone").isTrue();
    }

    @Test
    void shouldBoundAStepOverAccountsThatAllStillWait() {
        IntStream.range(0, 25).forEach(i -> park("acct_" + i, 1));
        release = opened();

        release.step(now());
        assertThat(looks).isEqualTo(STEP);
    }

    @Test
    void shouldKeepWhatCannotBeReadUntilTheRegistryHasItsSchemaAgain() {
        List<String> ids = park("acct_1", 2);
        schemaIsLost = true;
        link("acct_1");
        release.step(now());
        assertThat(gone).isEmpty();
        assertThat(parked.count()).isEqualTo(2);

        release.findExpired(now());
        clock.addAndGet(STEP);
        release.step(now());
        assertThat(gone).as("still lost").isEmpty();

        schemaIsLost = false;
        release.findExpired(now());
        stepUntilAllAreGone();
        assertThat(gone).isEqualTo(ids);
    }

    private boolean schemaIsLost;
    private int looks;

    private ParkedRelease opened() {
        return new ParkedRelease(
                parked,
                new RecordDecoder<>(
                        (topic, bytes) -> {
                            if (schemaIsLost) {
                                throw new UnknownSchemaException(7, "the value's schema id 7 is unknown");
                            }
                            return decoded(new String(bytes, UTF_8));
                        },
                        "usage.events",
                        new RegistryRetry(new RegistryStatus())),
                new LinkResolver(
                        account -> {
                            looks++;
                            clock.incrementAndGet();
                            return Optional.ofNullable(links.get(account));
                        },
                        vendor -> new VendorLinks.Lookup.NotLinked(),
                        new io.usageflow.forwarder.config.AdmissionSettings.Unlinked(Policy.PARK, Policy.PASSTHROUGH)),
                new BillingGate(new Unbillable(Unbillable.Treatment.PASS, Duration.ofSeconds(30)), Optional.empty()),
                new ParkedRelease.ReleaseHandler() {
                    @Override
                    public void release(SourceRecord origin, NewEvent event, Resolution.Resolved resolved) {
                        gone.add(event.event().getId());
                    }

                    @Override
                    public void giveUp(DeadLetterDraft letter) {
                        throw new AssertionError("nothing here is too old: " + letter.reason());
                    }
                },
                Duration.ofDays(7),
                new ReleaseThrottle(crew, clock::get));
    }

    private List<String> park(String account, int events) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            String id = account + "/" + parked.count();
            ids.add(id);
            SourceRecord origin = new SourceRecord(
                    new SourceCoordinates("usage.events", 0, (long) i, NOON, null),
                    null,
                    id.getBytes(UTF_8),
                    new RecordHeaders());
            parked.park(account, new ParkedEvent(origin, NOON), new Unresolved(Missing.CUSTOMER, account));
        }
        return ids;
    }

    private void link(String account) {
        links.put(account, AdmissionDriver.reference("cust-" + account));
        release.customerLinkChanged(account);
    }

    private void stepUntilAllAreGone() {
        for (int i = 0; parked.count() > 0; i++) {
            assertThat(i).as("steps").isLessThan(100);
            clock.addAndGet(STEP);
            release.step(now());
        }
    }

    private Instant now() {
        return Instant.ofEpochMilli(clock.get());
    }

    private static UsageEvent decoded(String id) {
        return Events.event(id, id.substring(0, id.indexOf('/')));
    }
}
