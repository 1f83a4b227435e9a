package io.usageflow.forwarder.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * The settings of this process. Immutable.
 *
 * @param roles at least one
 * @param instanceId names this process among the instances; not blank
 * @param stateDir directory of admission's stores; safe to lose, slow to rebuild
 * @param startTimeout how long start-up waits for Kafka to answer
 * @param stopTimeout how long all stages together may take to finish their work
 * @param clockSkewMax how far this machine's clock may be from the brokers'
 * @param recoversTransactions whether transactions that Kafka leaves open are ended
 */
public record ProcessSettings(
        Set<Role> roles,
        String instanceId,
        Path stateDir,
        Duration startTimeout,
        Duration stopTimeout,
        Duration clockSkewMax,
        boolean recoversTransactions) {
    public static final String ROLES = "roles";
    public static final String INSTANCE_ID = "instance.id";
    public static final String STATE_DIR = "state.dir";
    public static final String START_TIMEOUT = "start.timeout";
    public static final String STOP_TIMEOUT = "stop.timeout";
    public static final String CLOCK_SKEW_MAX = "clock.skew.max";
    public static final String LATENCY_TARGET = "latency.target";
    public static final String TRANSACTION_RECOVERY = "transaction.recovery";

    public ProcessSettings {
        roles = Set.copyOf(roles);
    }

    static void define(ConfigDef def) {
        KeyGroup.of(def, "Process")
                .key(
                        ROLES,
                        ConfigDef.Type.LIST,
                        String.join(",", Role.words()),
                        ConfigDef.ValidList.in(false, Role.words()))
                .doc("What this process does. The roles can run in processes of their own, any number of each.")
                .text(INSTANCE_ID)
                .doc("Names this process among the instances; the host name when empty. Two instances on one host"
                        + " need two ids; a stable id makes a restart quicker.")
                .text(STATE_DIR, "usageflow-state", new ConfigDef.NonEmptyString())
                .doc("Directory of admission's state, on a disk that survives a restart. Losing it loses no"
                        + " event: the state is rebuilt from Kafka, which takes time.")
                .duration(START_TIMEOUT, "30s", "1s", "30m")
                .doc("How long start-up waits for Kafka to answer before it gives up with exit code 3.")
                .duration(STOP_TIMEOUT, "25s", "1s", "10m")
                .doc("How long a stop may take to finish its work; below the 30 s that Kubernetes and"
                        + " others grant by default. Unfinished work is repeated after the start.")
                .duration(CLOCK_SKEW_MAX, "5m", "1s", "1d")
                .doc("How far this machine's clock may be from the broker's. Beyond it the forwarder does not"
                        + " start, and is not ready while it runs: events would count as too"
                        + " old or too new, and budgets would be spent at once.")
                .duration(LATENCY_TARGET, "100ms", "5ms", "1s")
                .doc("How long an event may wait in admission for others, to share a Kafka transaction: this long while"
                        + " few events come, half as long while many do. A transaction costs the same for one event as"
                        + " for a thousand, so a lower value costs CPU of forwarder and brokers. Receipts wait for one"
                        + " another ten times as long, at most 1 s. For low latency: 30ms.")
                .flag(TRANSACTION_RECOVERY, true)
                .doc("Whether transactions that Kafka leaves open after a broker died are ended. false: committed"
                        + " events can then be lost, aborted ones can show, and a stage can stop until an"
                        + " administrator acts; see docs/transaction-recovery.md.");
    }

    static ProcessSettings from(AbstractConfig config) {
        String instanceId = config.getString(INSTANCE_ID);
        return new ProcessSettings(
                config.getList(ROLES).stream()
                        .map(Role::of)
                        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Role.class))),
                instanceId.isBlank() ? hostName() : instanceId,
                Path.of(config.getString(STATE_DIR)),
                KeyGroup.duration(config, START_TIMEOUT),
                KeyGroup.duration(config, STOP_TIMEOUT),
                KeyGroup.duration(config, CLOCK_SKEW_MAX),
                config.getBoolean(TRANSACTION_RECOVERY));
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unnamed) {
            return "localhost";
        }
    }
}
