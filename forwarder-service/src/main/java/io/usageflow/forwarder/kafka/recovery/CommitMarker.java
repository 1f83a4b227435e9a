package io.usageflow.forwarder.kafka.recovery;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.DefaultHostResolver;
import org.apache.kafka.clients.KafkaClient;
import org.apache.kafka.clients.ManualMetadataUpdater;
import org.apache.kafka.clients.NetworkClientUtils;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NetworkException;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarker;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarkerTopic;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.WriteTxnMarkersRequest;
import org.apache.kafka.common.requests.WriteTxnMarkersResponse;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;

/**
 * Writes a <i>committed</i> marker to one partition. Kafka's admin interface can only write <i>aborted</i> markers;
 * this is the same request with the other result, sent through Kafka's internal client.
 */
final class CommitMarker {
    private static final int ANSWER_WITHIN_MS = 30_000;

    private CommitMarker() {}

    /**
     * Writes the marker.
     *
     * @param kafka how to reach the brokers
     * @param state of the committed transaction that is open on the partition
     * @throws org.apache.kafka.common.KafkaException if the broker refuses or does not answer; may be tried again
     */
    static void write(Map<String, Object> kafka, Node leader, TopicPartition partition, ProducerState state) {
        var request = new WriteTxnMarkersRequest.Builder(new WriteTxnMarkersRequestData()
                .setMarkers(List.of(new WritableTxnMarker()
                        .setProducerId(state.producerId())
                        .setProducerEpoch((short) state.producerEpoch())
                        .setCoordinatorEpoch(state.coordinatorEpoch().orElse(0))
                        .setTransactionResult(true)
                        .setTopics(List.of(new WritableTxnMarkerTopic()
                                .setName(partition.topic())
                                .setPartitionIndexes(List.of(partition.partition())))))));
        try (var metrics = new Metrics();
                KafkaClient client = client(kafka, leader, metrics)) {
            if (!NetworkClientUtils.awaitReady(client, leader, Time.SYSTEM, ANSWER_WITHIN_MS)) {
                throw new NetworkException("no connection to " + leader + " within " + ANSWER_WITHIN_MS + " ms");
            }
            ClientResponse response = NetworkClientUtils.sendAndReceive(
                    client,
                    client.newClientRequest(leader.idString(), request, Time.SYSTEM.milliseconds(), true),
                    Time.SYSTEM);
            Errors error = ((WriteTxnMarkersResponse) response.responseBody())
                    .errorsByProducerId()
                    .getOrDefault(state.producerId(), Map.of())
                    .getOrDefault(partition, Errors.UNKNOWN_SERVER_ERROR);
            error.maybeThrow();
        } catch (IOException broken) {
            throw new NetworkException("the marker for " + partition + " was not answered", broken);
        }
    }

    private static KafkaClient client(Map<String, Object> kafka, Node leader, Metrics metrics) {
        var config = new AdminClientConfig(kafka);
        return ClientUtils.createNetworkClient(
                config,
                config.getString(AdminClientConfig.CLIENT_ID_CONFIG),
                metrics,
                "recovery",
                new LogContext(),
                new ApiVersions(),
                Time.SYSTEM,
                1,
                ANSWER_WITHIN_MS,
                null,
                new ManualMetadataUpdater(List.of(leader)),
                new DefaultHostResolver(),
                null,
                null);
    }
}
