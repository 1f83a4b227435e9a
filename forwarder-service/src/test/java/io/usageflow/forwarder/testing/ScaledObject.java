package io.usageflow.forwarder.testing;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;
import java.util.Map;

/** KEDA's {@code keda.sh/v1alpha1} ScaledObject, as far as our manifests use it. */
@JsonDeserialize(using = JsonDeserializer.None.class)
public final class ScaledObject implements HasMetadata {
    private static final long serialVersionUID = 1L;

    @JsonProperty
    private String apiVersion;

    @JsonProperty
    private String kind;

    @JsonProperty
    private ObjectMeta metadata;

    @JsonProperty
    private Spec spec;

    /** Without {@code cooldownPeriod}, which is of scaling to none, and {@code fallback}. */
    public record Spec(
            Target scaleTargetRef,
            int pollingInterval,
            int minReplicaCount,
            int maxReplicaCount,
            Advanced advanced,
            List<Trigger> triggers) {}

    public record Target(String name) {}

    public record Advanced(AutoscalerConfig horizontalPodAutoscalerConfig) {}

    public record AutoscalerConfig(Behavior behavior) {}

    public record Behavior(Rules scaleUp, Rules scaleDown) {}

    public record Rules(int stabilizationWindowSeconds, List<Policy> policies) {}

    public record Policy(String type, int value, int periodSeconds) {}

    public record Trigger(String type, String metricType, Map<String, String> metadata) {}

    public Spec spec() {
        return spec;
    }

    @Override
    public String getKind() {
        return kind;
    }

    @Override
    public ObjectMeta getMetadata() {
        return metadata;
    }

    @Override
    public void setMetadata(ObjectMeta metadata) {
        this.metadata = metadata;
    }

    @Override
    public String getApiVersion() {
        return apiVersion;
    }

    @Override
    public void setApiVersion(String version) {
        apiVersion = version;
    }
}
