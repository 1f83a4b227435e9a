package io.usageflow.forwarder.admission.streams;

import io.usageflow.forwarder.kafka.KafkaClients;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.streams.GroupProtocol;
import org.apache.kafka.streams.StreamsConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets {@code num.standby.replicas} on the group for the streams protocol ({@code streams.group.protocol=streams},
 * KIP-1071). There the broker assigns tasks and ignores the client's setting; with this, {@code
 * admission.standby.replicas} means the same under both protocols.
 */
public final class StreamsGroup {
    static final String STANDBYS = "streams.num.standby.replicas";

    private static final Logger LOG = LoggerFactory.getLogger(StreamsGroup.class);
    private static final long ANSWER_SECONDS = 10;

    private StreamsGroup() {}

    public static boolean isWanted(Properties streams) {
        return GroupProtocol.STREAMS.name.equalsIgnoreCase(
                String.valueOf(streams.get(StreamsConfig.GROUP_PROTOCOL_CONFIG)));
    }

    /** Never fails: without standbys, only a takeover is slower. */
    public static void prepare(Map<String, ?> kafka, Properties streams) throws InterruptedException {
        String group = String.valueOf(streams.get(StreamsConfig.APPLICATION_ID_CONFIG));
        String standbys = String.valueOf(streams.get(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG));
        try (Admin admin = KafkaClients.admin(kafka)) {
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.GROUP, group),
                            List.of(new AlterConfigOp(new ConfigEntry(STANDBYS, standbys), AlterConfigOp.OpType.SET))))
                    .all()
                    .get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException refused) {
            LOG.warn(
                    "event=standbys_not_set group={} wanted={} effect=\"a takeover restores its state from Kafka\""
                            + " remedy=\"kafka-configs.sh --alter --entity-type groups --entity-name {}"
                            + " --add-config {}={}\"",
                    group,
                    standbys,
                    group,
                    STANDBYS,
                    standbys,
                    refused);
        }
    }
}
