package io.usageflow.forwarder.sample;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.MeterRegistry;
import io.usageflow.forwarder.catalogue.Catalogue;
import io.usageflow.forwarder.catalogue.SubscribedPrices;
import io.usageflow.forwarder.catalogue.cache.CatalogueAnswer;
import io.usageflow.forwarder.catalogue.cache.CatalogueCache;
import io.usageflow.forwarder.clock.RateLimiter;
import io.usageflow.forwarder.config.BillingSampleSettings;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.ApiKeys;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.forwarder.credyt.lookup.CredytQueries.CredytUnreachableException;
import io.usageflow.forwarder.kafka.DeliverableFollower;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.forwarder.observe.Stage;
import io.usageflow.forwarder.observe.StageHealth;
import io.usageflow.forwarder.sample.SampleJudge.DeliveredSample;
import io.usageflow.forwarder.sample.SampleJudge.JudgedSample;
import io.usageflow.forwarder.sample.SampleQueue.DueSample;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.text.VisibleText;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the fees of some delivered events with the catalogue ({@value BillingSampleSettings#ENABLED}). One thread,
 * connections and a rate of its own: no event depends on it. While Credyt or Kafka is away it waits; samples are
 * evidence only, so they may be dropped, which is counted.
 */
public final class BillingSampler implements Stage {
    private static final Logger LOG = LoggerFactory.getLogger(BillingSampler.class);
    private static final int CONNECTIONS_MAX = 2;
    /** Samples of one round: few, so that the group's membership is kept up in between. */
    private static final int ASKED_MAX = 5;

    private static final int SKIP_SECONDS = 10;
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration AWAY = Duration.ofSeconds(30);
    private static final Duration GIVE_UP_AFTER = Duration.ofHours(1);

    private final Settings settings;
    private final BillingSampleSettings samples;
    private final CatalogueCache catalogue;
    private final SampleMeters meters;
    private final Clock clock = Clock.systemUTC();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "billing-samples");
    private SampleQueue queue;
    private volatile int waiting;
    private volatile String trouble = "";

    private BillingSampler(Settings settings, CatalogueCache catalogue, MeterRegistry registry) {
        this.settings = settings;
        this.samples = settings.billingSamples();
        this.catalogue = catalogue;
        this.queue = newQueue();
        this.meters = new SampleMeters(registry, () -> waiting);
        thread.setDaemon(true);
    }

    /** Empty where it is turned off. */
    public static Optional<Stage> of(Settings settings, CatalogueCache catalogue, MeterRegistry meters) {
        return settings.billingSamples().areTakenBy(settings.process().roles(), settings.catalogue())
                ? Optional.of(new BillingSampler(settings, catalogue, meters))
                : Optional.empty();
    }

    @Override
    public String name() {
        return "billing-samples";
    }

    @Override
    public void start() {
        thread.start();
    }

    /** Always ready, because no event depends on it. */
    @Override
    public StageHealth health() {
        String why = trouble;
        return StageHealth.flowing(why.isEmpty() ? waiting + " samples wait for their delivery or for Credyt" : why);
    }

    @Override
    public void close(Duration atMost) {
        stop.countDown();
        Stage.end(thread, atMost);
        meters.close();
    }

    private boolean stopped() {
        return stop.getCount() == 0;
    }

    private void run() {
        try {
            do {
                readUntilTrouble();
            } while (!stop.await(AWAY.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException | InterruptException hurried) {
            LOG.info("event=billing_samples_stopped");
        }
    }

    /** Returns when it is stopped, and when Kafka is away. */
    private void readUntilTrouble() throws InterruptedException {
        try (CredytHttp credyt = new CredytHttp(
                        settings.credyt(),
                        ApiKeys.open(settings.credyt().apiKey(), System::nanoTime),
                        CONNECTIONS_MAX);
                Session session = new Session(credyt)) {
            while (!stopped()) {
                session.step();
            }
        } catch (InterruptException hurried) {
            throw hurried;
        } catch (KafkaException away) {
            waits(String.valueOf(away.getMessage()));
        } catch (RuntimeException fault) {
            LOG.error("event=billing_samples_failed action=\"all samples are dropped\"", fault);
            trouble = "begins again after a fault of the forwarder, see the log: " + fault;
            meters.count(SampleResult.DROPPED, queue.size());
            queue = newQueue();
        }
    }

    private SampleQueue newQueue() {
        return new SampleQueue(samples, new SplittableRandom());
    }

    private void waits(String why) {
        trouble = "waits after: " + why;
        LOG.warn("event=billing_samples_wait again_in_ms={} why={}", AWAY.toMillis(), VisibleText.logged(why));
    }

    /** The connections, and what is read with them. */
    private final class Session implements DeliverableFollower.Listener, AutoCloseable {
        private final CredytHttp credyt;
        private final DeliverableFollower reader;
        private final RateLimiter events =
                new RateLimiter(samples.eventsPerSecond(), Duration.ofSeconds(1), System.nanoTime());
        private SampleJudge judge;

        Session(CredytHttp credyt) {
            this.credyt = credyt;
            this.judge = newJudge();
            this.reader = new DeliverableFollower(
                    settings,
                    samples.group(settings.topics().names()),
                    "usageflow-billing-samples-" + settings.process().instanceId(),
                    this,
                    (record, why) -> {}, // delivery reports it
                    clock);
        }

        private SampleJudge newJudge() {
            return new SampleJudge(
                    new CredytQueries(credyt::get, samples.requestsPerSecond(), clock, BillingSampler.this::stopped));
        }

        void step() throws InterruptedException {
            catalogue.catalogue().ifPresent(queue::priced);
            int read = reader.poll(events.waitNanos(System.nanoTime()) <= 0, POLL);
            for (int i = 0; i < read; i++) {
                events.acquire(System.nanoTime());
            }
            meters.skipped(reader.skip((long) SKIP_SECONDS * samples.eventsPerSecond()));
            List<DueSample> due = queue.take(ASKED_MAX, clock.instant());
            if (!due.isEmpty()) {
                judge(due);
            }
            meters.count(SampleResult.DROPPED, queue.takeDropped());
            waiting = queue.size();
        }

        @Override
        public void assigned(Collection<TopicPartition> added, Set<TopicPartition> all) {
            trouble = "";
        }

        @Override
        public void revoked(Collection<TopicPartition> gone, Set<TopicPartition> left) {
            queue.revoked(gone.stream().map(TopicPartition::partition).toList());
        }

        @Override
        public void event(ConsumerRecord<byte[], byte[]> record, DeliverableEvent deliverable) {
            reader.published(deliverable).ifPresent(event -> offer(record, deliverable, event));
        }

        private void offer(ConsumerRecord<byte[], byte[]> record, DeliverableEvent deliverable, UsageEvent event) {
            Reference customer = Reference.of(deliverable.getCustomer());
            if (catalogue.of(customer, event.getEventType(), event.getData()) instanceof CatalogueAnswer.Free) {
                return;
            }
            queue.offer(
                    record.partition(),
                    record.offset(),
                    new SampledEvent(
                            deliverable.getAccountId(),
                            deliverable.getCredytEventId(),
                            customer,
                            event.getEventType(),
                            deliverable.getAdmittedAt()),
                    catalogue.customer(customer),
                    deliverable.getEvent().remaining(),
                    () -> data(event));
        }

        @Override
        public void deliveredUpTo(int partition, long offset) {
            queue.deliveredUpTo(partition, offset, clock.instant());
        }

        private void judge(List<DueSample> due) throws InterruptedException {
            Optional<Catalogue> known = catalogue.catalogue();
            Optional<List<JudgedSample>> judged = Optional.empty();
            try {
                if (known.isPresent()) {
                    judged = judge.judge(
                            due.stream()
                                    .map(DueSample::sample)
                                    .map(sample -> new DeliveredSample(sample.event(), sample.data()))
                                    .toList(),
                            known.get());
                }
            } catch (CredytUnreachableException away) {
                waits(away.getMessage()
                        + due.get(0).credytAccount().map(" in account "::concat).orElse(""));
                // Answers that come after the failure must not be taken for those to later questions.
                judge = newJudge();
            }
            if (judged.isEmpty()) {
                // After the question, which may take longer: in between others are asked.
                queue.unanswered(due, clock.instant().plus(AWAY), GIVE_UP_AFTER);
                return;
            }
            trouble = "";
            for (int i = 0; i < due.size(); i++) {
                settle(due.get(i), judged.get().get(i));
            }
        }

        @Override
        public void close() {
            reader.close();
        }
    }

    /** As delivery writes it; empty for an event that it cannot write, and makes a dead letter of. */
    private static Optional<JsonNode> data(UsageEvent event) {
        try {
            return Optional.of(SubscribedPrices.json(event.getData()));
        } catch (IllegalArgumentException unwritable) {
            return Optional.empty();
        }
    }

    private void settle(DueSample due, JudgedSample judged) {
        if (judged.result() != SampleResult.BILLED && !due.last()) {
            queue.again(due);
            return;
        }
        queue.settled(due);
        meters.count(judged.result(), 1);
        if (judged.result().isFinding()) {
            SampledEvent event = due.sample().event();
            LOG.warn(
                    "event=billing_sample_differs result={} event_type={} account={} credyt_event_id={} why={}",
                    judged.result(),
                    VisibleText.logged(event.eventType()),
                    VisibleText.logged(event.account()),
                    VisibleText.logged(event.credytId()),
                    VisibleText.logged(judged.why()));
        }
    }
}
