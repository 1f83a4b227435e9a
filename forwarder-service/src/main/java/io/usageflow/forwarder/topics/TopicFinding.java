package io.usageflow.forwarder.topics;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.Map;
import java.util.function.Function;

/** What is to be said of one topic. Sealed: each is acted upon in another way, and none may be forgotten. */
@JsonPropertyOrder({"topic", "state"})
public sealed interface TopicFinding {
    /** The topic's full name. */
    String topic();

    /** One word; API. */
    @JsonProperty
    default String state() {
        return match(ready -> "ready", missing -> "missing", differs -> "differs", refused -> "refused");
    }

    /** The topic is as it must be. */
    record Ready(String topic, int partitions) implements TopicFinding {
        @Override
        public <T> T match(
                Function<? super Ready, ? extends T> onReady,
                Function<? super Missing, ? extends T> onMissing,
                Function<? super Differs, ? extends T> onDiffers,
                Function<? super Refused, ? extends T> onRefused) {
            return onReady.apply(this);
        }
    }

    /** The topic does not exist. */
    record Missing(String topic, @JsonUnwrapped NewTopicSpec spec) implements TopicFinding {
        @Override
        public <T> T match(
                Function<? super Ready, ? extends T> onReady,
                Function<? super Missing, ? extends T> onMissing,
                Function<? super Differs, ? extends T> onDiffers,
                Function<? super Refused, ? extends T> onRefused) {
            return onMissing.apply(this);
        }
    }

    /**
     * A setting is not as it must be, and can be altered without moving data.
     *
     * @param actual as the cluster has it
     * @param wanted what to alter it to
     * @param why what goes wrong otherwise
     * @param fatal whether the forwarder must not run like this
     */
    record Differs(String topic, String setting, String actual, String wanted, String why, boolean fatal)
            implements TopicFinding {
        @Override
        public <T> T match(
                Function<? super Ready, ? extends T> onReady,
                Function<? super Missing, ? extends T> onMissing,
                Function<? super Differs, ? extends T> onDiffers,
                Function<? super Refused, ? extends T> onRefused) {
            return onDiffers.apply(this);
        }
    }

    /**
     * The topic cannot be used, and no program may decide what to do about it.
     *
     * @param problem what is wrong
     * @param remedy what a person can do
     */
    record Refused(String topic, String problem, String remedy) implements TopicFinding {
        @Override
        public <T> T match(
                Function<? super Ready, ? extends T> onReady,
                Function<? super Missing, ? extends T> onMissing,
                Function<? super Differs, ? extends T> onDiffers,
                Function<? super Refused, ? extends T> onRefused) {
            return onRefused.apply(this);
        }
    }

    <T> T match(
            Function<? super Ready, ? extends T> onReady,
            Function<? super Missing, ? extends T> onMissing,
            Function<? super Differs, ? extends T> onDiffers,
            Function<? super Refused, ? extends T> onRefused);

    /** How a missing topic is to be created. Immutable. */
    public record NewTopicSpec(int partitions, @JsonIgnore Map<String, String> settings) {
        public NewTopicSpec {
            settings = Map.copyOf(settings);
        }
    }
}
