package io.usageflow.producer.internal.balance;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.producer.Balances;
import io.usageflow.producer.BalancesStatus;
import io.usageflow.producer.SpendCheck;
import io.usageflow.producer.internal.settings.PublisherSettings;
import io.usageflow.schema.AccountBalance;
import io.usageflow.schema.registry.RegistryAbsence;
import io.usageflow.schema.registry.RegistryUnavailableException.SchemaLostException;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.text.VisibleText;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads {@code usage.balances} in a daemon thread, all partitions from the beginning, without a consumer group. */
public final class KafkaBalances implements Balances {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaBalances.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);
    private static final Duration WAIT_MIN = Duration.ofSeconds(1);
    private static final Duration WAIT_MAX = Duration.ofSeconds(30);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);
    private static final int FETCH_BYTES_MAX = 4 * 1024 * 1024;
    private static final int WARNINGS_MAX = 20;

    private final String topic;
    private final Map<String, Object> kafka;
    private final BalanceTable table;
    private final Deserializer<AccountBalance> deserializer;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "usageflow-balances");
    private volatile boolean loaded;
    private final AtomicLong refused = new AtomicLong();
    private volatile Optional<String> hindrance = Optional.of("not started");
    private volatile @Nullable Consumer<byte[], byte[]> current;

    private KafkaBalances(PublisherSettings settings) {
        this.topic = settings.topics().balances();
        this.kafka = consumerSettings(settings.kafka());
        this.table = new BalanceTable(
                settings.balances().accountsMax(), settings.balances().ageMax(), Clock.systemUTC());
        this.deserializer = AvroSerdes.ownValueDeserializer(settings.serde(), AccountBalance.class);
        thread.setDaemon(true);
    }

    /**
     * Starts reading.
     *
     * @throws org.apache.kafka.common.config.ConfigException naming the key
     */
    public static KafkaBalances create(Map<String, ?> given) {
        var balances = new KafkaBalances(PublisherSettings.from(given));
        balances.thread.start();
        return balances;
    }

    /** The producer's settings that a consumer has too, and those of plug-ins. */
    static Map<String, Object> consumerSettings(Map<String, Object> producer) {
        Map<String, Object> settings = new HashMap<>();
        producer.forEach((key, value) -> {
            if (ConsumerConfig.configNames().contains(key)
                    || !ProducerConfig.configNames().contains(key)) {
                settings.put(key, value);
            }
        });
        // A producer's interceptor is none for a consumer.
        settings.remove(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG);
        settings.computeIfPresent(CommonClientConfigs.CLIENT_ID_CONFIG, (key, id) -> id + "-balances");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        // The forwarder writes without transactions, so another writer's open one must not hold up its records.
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
        settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES_MAX);
        return settings;
    }

    @Override
    public SpendCheck canSpend(String account, String asset, BigDecimal amount) {
        return table.canSpend(account, asset, amount);
    }

    @Override
    public void spent(String account, String asset, BigDecimal amount) {
        table.spent(account, asset, amount);
    }

    @Override
    public BalancesStatus status() {
        return new BalancesStatus(loaded, table.size(), table.accountsMax(), table.ignored(), refused.get(), hindrance);
    }

    private void run() {
        Duration wait = WAIT_MIN;
        try {
            while (closed.getCount() > 0) {
                long begun = System.nanoTime();
                try {
                    read();
                } catch (WakeupException closing) {
                    LOG.debug("event=balances_closing");
                } catch (InterruptException interrupted) {
                    throw interrupted;
                } catch (KafkaException away) {
                    wait = System.nanoTime() - begun > WAIT_MAX.toNanos() ? WAIT_MIN : wait;
                    hindrance = Optional.of(String.valueOf(away.getMessage()));
                    LOG.warn(
                            "event=balances_not_read again_in_ms={} why={}", wait.toMillis(), VisibleText.logged(away));
                    if (closed.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
                        return;
                    }
                    wait = wait.multipliedBy(2).compareTo(WAIT_MAX) < 0 ? wait.multipliedBy(2) : WAIT_MAX;
                }
            }
        } catch (InterruptedException | InterruptException stopped) {
            LOG.info("event=balances_interrupted");
        } catch (RuntimeException fault) {
            LOG.error("event=balances_died why=\"accounts become unknown as their balances grow old\"", fault);
            hindrance = Optional.of("stopped by a fault: " + fault);
        } finally {
            deserializer.close();
        }
    }

    private void read() {
        try (Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            current = consumer;
            if (closed.getCount() == 0) {
                return;
            }
            List<PartitionInfo> partitions = Optional.ofNullable(consumer.partitionsFor(topic, ANSWER_WITHIN))
                    .orElse(List.of());
            if (partitions.isEmpty()) {
                throw new KafkaException(topic + " does not exist: set balances.enabled=true for the forwarder and run"
                        + " 'usageflow topics apply'");
            }
            consumer.assign(partitions.stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList());
            consumer.seekToBeginning(consumer.assignment());
            Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment(), ANSWER_WITHIN);
            hindrance = Optional.empty();
            while (closed.getCount() > 0) {
                consumer.poll(POLL).forEach(this::take);
                if (!loaded && isAt(consumer, ends)) {
                    loaded = true;
                    LOG.info("event=balances_loaded accounts={}", table.size());
                }
            }
        } finally {
            current = null;
        }
    }

    private static boolean isAt(Consumer<?, ?> consumer, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream()
                .allMatch(end -> consumer.position(end.getKey(), ANSWER_WITHIN) >= end.getValue());
    }

    /** A record that cannot be used changes nothing. */
    private void take(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null) {
            refuse(record, "it has no key");
            return;
        }
        String account = new String(record.key(), UTF_8);
        if (record.value() == null) {
            table.remove(account);
            return;
        }
        try {
            AccountBalance balance = deserializer.deserialize(topic, record.value());
            if (balance == null || !balance.getAccountId().equals(account)) {
                refuse(record, "its value is of another account");
                return;
            }
            Map<String, BigDecimal> left = new HashMap<>();
            balance.getAssets()
                    .forEach((asset, amounts) ->
                            left.put(asset, amounts.getAvailable().subtract(amounts.getOnItsWay())));
            table.put(account, balance.getReadAt(), left);
        } catch (SchemaLostException lost) {
            refuse(record, String.valueOf(lost.getMessage()));
        } catch (KafkaException unreadable) {
            if (RegistryAbsence.isCauseOf(unreadable)) {
                throw unreadable;
            }
            refuse(record, String.valueOf(unreadable.getMessage()));
        }
    }

    private void refuse(ConsumerRecord<?, ?> record, String why) {
        if (refused.getAndIncrement() < WARNINGS_MAX) {
            LOG.warn(
                    "event=balance_refused topic={} partition={} offset={} why={}",
                    topic,
                    record.partition(),
                    record.offset(),
                    VisibleText.logged(why));
        }
    }

    @Override
    public void close() {
        closed.countDown();
        Consumer<byte[], byte[]> reading = current;
        if (reading != null) {
            reading.wakeup();
        }
        try {
            thread.join(CLOSE_WITHIN.toMillis());
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }
}
