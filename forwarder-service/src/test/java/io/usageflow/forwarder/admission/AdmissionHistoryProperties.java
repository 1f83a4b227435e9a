package io.usageflow.forwarder.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.UsageEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Utils;

/** The whole topology against a model of twenty lines: any history of events, links and hours. */
class AdmissionHistoryProperties {
    private static final Duration AGE_MAX = Duration.ofDays(2);

    private record Step(Kind kind, int account, int event) {
        enum Kind {
            PUBLISH,
            PUBLISH_TOO,
            PUBLISH_CHANGED,
            PUBLISH_BROKEN,
            LINK,
            UNLINK,
            HOURS
        }

        String accountId() {
            return "acct_" + account;
        }

        String eventId() {
            return "req-" + event;
        }
    }

    @Property(tries = 60)
    void shouldDoWhatTheModelSays(@ForAll("histories") List<Step> history) throws IOException {
        Path folder = Files.createTempDirectory("admission-history");
        Model model = new Model();
        try (AdmissionDriver admission =
                new AdmissionDriver(folder, "admission.parked.max.age", AGE_MAX.toHours() + "h")) {
            for (Step step : history) {
                apply(step, admission);
                model.apply(step);
            }
            assertThat(admission.delivered())
                    .extracting(AdmissionHistoryProperties::name)
                    .isEqualTo(model.delivered);
            assertThat(admission.deadLetters())
                    .extracting(DeadLetter::getReason)
                    .containsExactlyInAnyOrderElementsOf(model.reasons);
            Map<String, Long> ledger = admission.ledger();
            assertThat(ledger.get("received")).isEqualTo(model.received);
            assertThat(ledger.get("duplicate")).isEqualTo(model.duplicates);
            assertThat(ledger.get("parked")).isEqualTo(model.parked());
            assertThat(ledger.get("admitted")).isEqualTo(model.delivered.size());
        } finally {
            Utils.delete(folder.toFile());
        }
    }

    @Provide
    Arbitrary<List<Step>> histories() {
        return Combinators.combine(
                        Arbitraries.of(Step.Kind.values()),
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.integers().between(0, 9))
                .as(Step::new)
                .list()
                .ofMinSize(10)
                .ofMaxSize(80);
    }

    private static String name(DeliverableEvent event) {
        return event.getAccountId() + "/" + event.getEventId();
    }

    private static void apply(Step step, AdmissionDriver admission) {
        switch (step.kind) {
            case PUBLISH, PUBLISH_TOO -> admission.publish(event(step));
            case PUBLISH_CHANGED -> {
                UsageEvent changed = event(step);
                changed.setEventType("another");
                admission.publish(changed);
            }
            case PUBLISH_BROKEN -> admission.publishRaw(null, new byte[] {1}, new RecordHeaders());
            case LINK -> admission.linkCustomer(step.accountId(), "cust");
            case UNLINK -> admission.unlinkCustomer(step.accountId());
            case HOURS -> admission.pass(Duration.ofHours(9));
        }
    }

    private static UsageEvent event(Step step) {
        return Events.event(step.eventId(), step.accountId());
    }

    /** What admission promises, without stores, bytes or time-outs. */
    private static final class Model {
        private record Parked(String event, long sinceHours) {}

        final List<String> delivered = new ArrayList<>();
        final List<String> reasons = new ArrayList<>();
        long received;
        long duplicates;
        private final Map<String, String> contents = new HashMap<>();
        private final Set<String> linked = new HashSet<>();
        private final Map<String, Deque<Parked>> queues = new HashMap<>();
        private long hours;

        void apply(Step step) {
            String account = step.accountId();
            switch (step.kind) {
                case PUBLISH, PUBLISH_TOO -> publish(account, account + "/" + step.eventId(), "same");
                case PUBLISH_CHANGED -> publish(account, account + "/" + step.eventId(), "changed");
                case PUBLISH_BROKEN -> {
                    received++;
                    reasons.add("UNDECODABLE");
                }
                case LINK -> {
                    linked.add(account);
                    queue(account).forEach(parked -> delivered.add(parked.event));
                    queue(account).clear();
                }
                case UNLINK -> linked.remove(account);
                case HOURS -> pass();
            }
        }

        long parked() {
            return queues.values().stream().mapToLong(Deque::size).sum();
        }

        private void publish(String account, String event, String content) {
            received++;
            String first = contents.putIfAbsent(event, content);
            if (first == null && linked.contains(account)) {
                delivered.add(event);
            } else if (first == null) {
                queue(account).add(new Parked(event, hours));
            } else if (first.equals(content)) {
                duplicates++;
            } else {
                reasons.add("ID_CONFLICT");
            }
        }

        private void pass() {
            hours += 9;
            for (Deque<Parked> queue : queues.values()) {
                while (!queue.isEmpty() && hours - queue.peek().sinceHours > AGE_MAX.toHours()) {
                    queue.remove();
                    reasons.add("UNMAPPED_CUSTOMER");
                }
            }
        }

        private Deque<Parked> queue(String account) {
            return queues.computeIfAbsent(account, name -> new ArrayDeque<>());
        }
    }
}
