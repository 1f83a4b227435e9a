package io.usageflow.forwarder.config;

import io.usageflow.schema.topic.Topics;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/**
 * The balances that the forwarder keeps in {@code usage.balances}. Immutable.
 *
 * @param requestsPerSecond limit of this process's questions to Credyt
 * @param timing when a wallet is read
 * @param accountsMax accounts in memory, at least 1
 * @param low by asset, the amount below which an account's balance is low
 * @param groupId of the consumer group; empty for the topics' prefix with {@code -balances}
 */
public record BalanceSettings(
        boolean enabled,
        int requestsPerSecond,
        Timing timing,
        int accountsMax,
        Map<String, BigDecimal> low,
        String groupId) {
    public static final String ENABLED = "balances.enabled";
    public static final String REQUESTS_PER_SECOND = "balances.requests.per.second";
    public static final String DELAY = "balances.delay";
    public static final String REFRESH_MIN = "balances.refresh.min";
    public static final String REFRESH_MAX = "balances.refresh.max";
    public static final String ACCOUNTS_MAX = "balances.accounts.max";
    public static final String LOW = "balances.low";
    public static final String GROUP_ID = "balances.group.id";

    /** More assets would make too many series of one meter. */
    private static final int LOW_ASSETS_MAX = 50;

    /**
     * When a wallet is read.
     *
     * @param delay after a delivery
     * @param refreshMin shortest time between two readings without a delivery
     * @param refreshMax longest time between two readings
     */
    public record Timing(Duration delay, Duration refreshMin, Duration refreshMax) {}

    public BalanceSettings {
        low = Map.copyOf(low);
    }

    /** Whether a process with these roles keeps balances. */
    public boolean isKeptBy(Set<Role> roles) {
        return enabled && roles.contains(Role.DELIVERY);
    }

    /** The consumer group, which commits no offsets: it only shares the partitions among processes. */
    public String group(Topics topics) {
        return groupId.isEmpty() ? topics.prefix() + "-balances" : groupId;
    }

    static void define(ConfigDef def) {
        KeyGroup.of(def, "Balances")
                .flag(ENABLED, false)
                .doc("Whether forwarders with the role delivery read the wallets of customers and write them to"
                        + " <prefix>.balances, for the publisher's Balances. Off by default: it asks Credyt one or"
                        + " two more questions for each account, and needs that topic ('usageflow topics apply').")
                .number(REQUESTS_PER_SECOND, 5, 1, 1_000)
                .doc("Questions about wallets per second that a process asks Credyt at most. Fewer if Credyt asks for"
                        + " it. Delivery does not wait for them.")
                .duration(DELAY, "2s", "0ms", "1h")
                .doc("How long after a delivery an account's wallet is read. Deliveries in that time share one"
                        + " reading.")
                .duration(REFRESH_MIN, "1m", "1s", "1d")
                .doc("Shortest time between two readings of a wallet of whose account nothing was delivered. An"
                        + " account that is idle for longer is read less often: after a quarter of its idle time.")
                .duration(REFRESH_MAX, "30m", "1s", "7d")
                .doc("Longest time between two readings of a wallet, as far as " + REQUESTS_PER_SECOND + " allows."
                        + " Keep it below balances.max.age.ms of the publishers.")
                .number(ACCOUNTS_MAX, 100_000, 1, 10_000_000)
                .doc("Accounts whose wallets a process reads at most. Above it, the account that was idle longest is"
                        + " forgotten, and its balance is unknown until its next event.")
                .list(LOW)
                .doc("Amounts below which a balance is low, by asset, such as USD=5,credits=1000. For the meter"
                        + " usageflow.balances.low and its alert.")
                .text(GROUP_ID, "", new ConfigDef.NonNullValidator())
                .doc("Consumer group that shares the accounts among processes; empty for the topics' prefix with"
                        + " -balances.");
    }

    /**
     * Reads the settings of balances.
     *
     * @throws ConfigException where values contradict each other
     */
    static BalanceSettings from(AbstractConfig config) {
        var timing = new Timing(
                KeyGroup.duration(config, DELAY),
                KeyGroup.duration(config, REFRESH_MIN),
                KeyGroup.duration(config, REFRESH_MAX));
        if (timing.refreshMin().compareTo(timing.refreshMax()) > 0) {
            throw new ConfigException(REFRESH_MIN + " is " + DurationText.write(timing.refreshMin()) + ", above "
                    + REFRESH_MAX + " with " + DurationText.write(timing.refreshMax())
                    + ": lower the one or raise the other");
        }
        return new BalanceSettings(
                config.getBoolean(ENABLED),
                config.getInt(REQUESTS_PER_SECOND),
                timing,
                config.getInt(ACCOUNTS_MAX),
                low(config.getList(LOW)),
                config.getString(GROUP_ID).strip());
    }

    private static Map<String, BigDecimal> low(List<String> entries) {
        Map<String, BigDecimal> low = new LinkedHashMap<>();
        for (String entry : entries) {
            int equals = entry.indexOf('=');
            try {
                String asset = entry.substring(0, equals).strip();
                if (asset.isEmpty()
                        || low.put(
                                        asset,
                                        new BigDecimal(
                                                entry.substring(equals + 1).strip()))
                                != null) {
                    throw wrongLow(entry);
                }
            } catch (IndexOutOfBoundsException | NumberFormatException unreadable) {
                throw wrongLow(entry);
            }
        }
        if (low.size() > LOW_ASSETS_MAX) {
            throw new ConfigException(LOW + " has " + low.size() + " assets: name at most " + LOW_ASSETS_MAX);
        }
        return low;
    }

    private static ConfigException wrongLow(String entry) {
        return new ConfigException(LOW + " has '" + entry + "': write ASSET=AMOUNT, each asset once, such as USD=5");
    }
}
