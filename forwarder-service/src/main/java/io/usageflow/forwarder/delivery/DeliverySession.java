package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.clock.DeliveryClock;
import io.usageflow.forwarder.config.DeliverySettings;
import io.usageflow.forwarder.config.RecordBounds;
import io.usageflow.forwarder.delivery.Delivery.DeliveryConnections;
import io.usageflow.forwarder.delivery.DeliveryLoop.PollWakeup;
import io.usageflow.forwarder.delivery.commit.CommitScheduler;
import io.usageflow.forwarder.delivery.commit.OutcomeRecords;
import io.usageflow.forwarder.delivery.commit.OutcomeTransaction;
import io.usageflow.forwarder.delivery.health.DeliveryMeters;
import io.usageflow.forwarder.delivery.health.DeliveryStatus;
import io.usageflow.forwarder.delivery.health.DestinationHealth;
import io.usageflow.forwarder.delivery.health.FundsHolds;
import io.usageflow.forwarder.delivery.intake.DeliverableReader;
import io.usageflow.forwarder.delivery.intake.FailureBudgetLoader;
import io.usageflow.forwarder.delivery.intake.StartOffsets;
import io.usageflow.forwarder.delivery.outcome.DeadLetterPolicy;
import io.usageflow.forwarder.delivery.outcome.OutcomeHandler;
import io.usageflow.forwarder.delivery.queue.CustomerQueues;
import io.usageflow.forwarder.kafka.KafkaClients;
import io.usageflow.forwarder.kafka.KafkaWatch;
import io.usageflow.forwarder.kafka.TopicWatch;
import io.usageflow.forwarder.kafka.recovery.MarkerRecovery;
import io.usageflow.forwarder.kafka.recovery.RecoveringProducer;
import io.usageflow.forwarder.ledger.LedgerBalance;
import io.usageflow.forwarder.ledger.LedgerReader;
import io.usageflow.forwarder.observe.StageHealth;
import io.usageflow.schema.CustomerDeliveryState;
import io.usageflow.schema.LedgerEntry;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.errors.InterruptException;

/**
 * One consumer, one producer and their loop, from joining the group to leaving it. One thread, except {@link #health}.
 */
final class DeliverySession implements AutoCloseable {
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);
    private static final int TRANSACTION_TIMEOUT_MS = 10_000;
    /** Settings that {@code kafka.} may override. */
    private static final Map<String, Object> CONSUMER_DEFAULTS = Map.of(
            // A record may have several megabytes after decompression.
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
            50,
            // Kafka's default is 50 MB in one array. An array of half a heap region (1 MB in a small heap) is too large
            // for the young generation: with larger answers the garbage collector would mark the whole heap often.
            ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
            384 * 1024,
            // A dead instance's partitions move soon; Kafka's default of 45 s allows for slower starts.
            ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
            10_000,
            ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
            3_000);

    /** Well below {@code max.poll.interval.ms}, five minutes. */
    private static final Duration LEDGER_READ_WITHIN = Duration.ofMinutes(2);

    private static final Duration ANSWER_LATE = Duration.ofSeconds(1);

    private final Consumer<byte[], byte[]> consumer;
    private final OutcomeTransaction transaction;
    private final Dispatcher dispatcher;
    private final RecordIntake intake;
    private final DeliveryLoop loop;
    private final FundsHolds funds;
    private final DeliveryStatus status;
    private final DeliveryContext context;

    static DeliverySession open(DeliveryContext context, MarkerRecovery recovery) {
        Consumer<byte[], byte[]> consumer = consumer(
                context,
                Map.of(
                        ConsumerConfig.GROUP_ID_CONFIG,
                        context.groupId(),
                        ConsumerConfig.CLIENT_ID_CONFIG,
                        context.clientId(),
                        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                        CooperativeStickyAssignor.class.getName()));
        try {
            // Outside the group, for the stored states of customers.
            return open(
                    context,
                    recovery,
                    consumer,
                    consumer(context, Map.of(ConsumerConfig.CLIENT_ID_CONFIG, context.clientId() + "-states")));
        } catch (RuntimeException incomplete) {
            consumer.close(CloseOptions.timeout(CLOSE_WITHIN));
            throw incomplete;
        }
    }

    /** Keeps only the beginning of records that are larger than admission writes. */
    private static Consumer<byte[], byte[]> consumer(DeliveryContext context, Map<String, Object> fixed) {
        Map<String, Object> config = new HashMap<>(CONSUMER_DEFAULTS);
        config.putAll(context.connections().kafka());
        return KafkaClients.reader(
                config, fixed, new RecordBounds(context.connections().bounds().writtenBytesMax()));
    }

    private static DeliverySession open(
            DeliveryContext context,
            MarkerRecovery recovery,
            Consumer<byte[], byte[]> consumer,
            Consumer<byte[], byte[]> states) {
        try {
            return new DeliverySession(
                    context,
                    consumer,
                    states,
                    new RecoveringProducer(producerConfig(context), recovery),
                    () -> ledgerEntries(context));
        } catch (RuntimeException noProducer) {
            states.close(CloseOptions.timeout(CLOSE_WITHIN));
            throw noProducer;
        }
    }

    /** Uses and closes the given clients; for tests. */
    DeliverySession(
            DeliveryContext context,
            Consumer<byte[], byte[]> consumer,
            Consumer<byte[], byte[]> states,
            Producer<byte[], byte[]> producer,
            Supplier<Map<Integer, LedgerEntry>> ledger) {
        this.context = context;
        this.consumer = consumer;
        DeliverySettings settings = context.settings();
        PollWakeup wakeup = new PollWakeup(consumer::wakeup);
        var queues = new CustomerQueues(settings.batching());
        DestinationHealth destination = context.destination();
        DeliveryClock clock = context.clock();
        var deadLetterPolicy = new DeadLetterPolicy(
                context.records(), context.meters(), queues, destination, settings.stepAside(), clock);
        var outcomeHandler =
                new OutcomeHandler(context.records(), deadLetterPolicy, destination, queues, context.meters(), clock);
        this.dispatcher = new Dispatcher(context.sink(), queues, destination, outcomeHandler, clock, wakeup::wakeUp);
        this.transaction =
                new OutcomeTransaction(producer, context.records(), clock, transactionTimeout(context.connections()));
        Topics topics = context.connections().topics();
        this.funds = new FundsHolds(destination, queues, clock);
        this.status = new DeliveryStatus(
                destination,
                funds,
                context.meters(),
                context.watch(),
                topics.deliverable(),
                settings.settling().interval(),
                clock);
        var budgetLoader = new FailureBudgetLoader(
                states,
                topics.deliveryState(),
                AvroSerdes.ownValueDeserializer(context.connections().serde(), CustomerDeliveryState.class),
                destination.customers(),
                clock);
        this.intake = new RecordIntake(
                consumer,
                new StartOffsets(consumer, ledger, context.watch(), context.meters(), clock),
                budgetLoader,
                dispatcher,
                context);
        var commits = new CommitScheduler(
                consumer, transaction, destination.customers(), settings.settling(), status, wakeup::wakeUp, clock);
        this.loop =
                new DeliveryLoop(consumer, intake, dispatcher, commits, deadLetterPolicy, funds, status, wakeup, clock);
    }

    /**
     * Delivers until {@code stopping}, then waits for the requests in flight.
     *
     * @param finishWithin called once, when delivery stops
     */
    void run(BooleanSupplier stopping, Supplier<Duration> finishWithin) {
        context.records().warmUp();
        transaction.start();
        loop.run(context.connections().topics().deliverable(), stopping);
        loop.finish(finishWithin.get());
    }

    /**
     * Waits until no request of a broken session is in flight, so that the next session cannot send an id that is in
     * flight. Bounded by {@link EventSink#answersWithin}.
     */
    void awaitQuiet() {
        loop.abandon();
        long deadline = context.clock().nanos()
                + context.sink().answersWithin().plus(ANSWER_LATE).toNanos();
        try {
            for (long left = 1;
                    dispatcher.inFlight() > 0 && left > 0;
                    left = deadline - context.clock().nanos()) {
                dispatcher.awaitAnswer(Duration.ofNanos(left));
            }
        } catch (InterruptedException stopped) {
            throw new InterruptException(stopped);
        } finally {
            context.destination().abandonRequests(context.clock().nanos());
        }
    }

    /** Delegates to {@link FundsHolds#retry}. */
    boolean retryUnfunded(FundsHolds.Wanted wanted) {
        return funds.retry(wanted);
    }

    StageHealth health(KafkaWatch.View kafka) {
        return status.health(kafka);
    }

    @Override
    public void close() {
        try {
            consumer.close(CloseOptions.timeout(CLOSE_WITHIN));
        } finally {
            try (intake) {
                transaction.close();
            }
        }
    }

    private static Map<Integer, LedgerEntry> ledgerEntries(DeliveryContext context) {
        DeliveryConnections to = context.connections();
        return new LedgerReader(to.topics(), to.kafka(), to.serde())
                .read(LEDGER_READ_WITHIN).stream()
                        .filter(entry -> entry.getStage().equals(LedgerBalance.DELIVERY))
                        .collect(Collectors.toMap(LedgerEntry::getPartition, entry -> entry));
    }

    /** One for all sessions of a process, since it remembers unfinished transactions. */
    static MarkerRecovery recovery(DeliveryContext context, MarkerRecovery.Options options) {
        Topics topics = context.connections().topics();
        return new MarkerRecovery(
                context.connections().kafka(),
                context.transactionalId(),
                context.groupId(),
                topics.deliveryState(),
                List.of(topics.receipts(), topics.deadLetters(), topics.ledger(), topics.deliveryState()),
                options);
    }

    private static Duration transactionTimeout(DeliveryConnections connections) {
        Object configured = connections.kafka().get(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG);
        return Duration.ofMillis(configured == null ? TRANSACTION_TIMEOUT_MS : Long.parseLong(configured.toString()));
    }

    private static Map<String, Object> producerConfig(DeliveryContext context) {
        Map<String, Object> defaults = Map.of(
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                "lz4",
                ProducerConfig.BATCH_SIZE_CONFIG,
                128 * 1024,
                ProducerConfig.LINGER_MS_CONFIG,
                5,
                // A dead letter holds its event and more. Kafka's default of 1 MiB would refuse it after every restart.
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                context.connections().bounds().writtenBytesMax(),
                // A commit waits on the poll thread, whose polls may be five minutes apart at most.
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                20_000,
                // What a killed instance leaves open blocks the reading of its offsets for as long.
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                TRANSACTION_TIMEOUT_MS);
        return KafkaClients.transactional(
                context.connections().kafka(), defaults, context.transactionalId(), context.clientId());
    }

    /** Everything that outlives a session. */
    record DeliveryContext(
            DeliverySettings settings,
            DeliveryConnections connections,
            EventSink sink,
            DestinationHealth destination,
            DeliverableReader reader,
            OutcomeRecords records,
            DeliveryMeters meters,
            TopicWatch watch,
            DeliveryClock clock) {

        String groupId() {
            return settings.settling().group(connections.topics());
        }

        String clientId() {
            return "usageflow-delivery-" + connections.instanceId();
        }

        /** The same after a restart, different for each instance. */
        String transactionalId() {
            return groupId() + "-" + connections.instanceId();
        }
    }
}
