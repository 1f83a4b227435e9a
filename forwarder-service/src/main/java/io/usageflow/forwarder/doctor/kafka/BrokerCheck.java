package io.usageflow.forwarder.doctor.kafka;

import io.usageflow.forwarder.config.KafkaSettings;
import io.usageflow.forwarder.doctor.Check.NotReachableException;
import io.usageflow.forwarder.doctor.CheckResult;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.errors.AuthenticationException;

/** Whether Kafka answers. */
public record BrokerCheck(Cluster cluster, KafkaSettings kafka) {
    public static final String NAME = "kafka";

    public List<CheckResult> look() {
        try {
            cluster.admin();
            return List.of(CheckResult.ok(
                    NAME,
                    kafka.bootstrapServers() + " answers, " + cluster.nodes().size() + " "
                            + (cluster.nodes().size() == 1 ? "broker" : "brokers")));
        } catch (NotReachableException notReached) {
            return List.of(judge(cluster.reason(), kafka.bootstrapServers()));
        }
    }

    public static CheckResult judge(Throwable why, String servers) {
        Throwable telling = Optional.ofNullable(why.getCause()).orElse(why);
        if (why instanceof AuthenticationException) {
            return CheckResult.fail(
                    NAME,
                    servers + " refuses us: " + why.getMessage(),
                    "check the kafka.security. and kafka.sasl. settings");
        }
        return CheckResult.fail(
                NAME,
                servers + " does not answer: " + telling.getMessage(),
                "check that it runs, that " + KafkaSettings.BOOTSTRAP_SERVERS
                        + " is right, and that kafka.security.protocol is the listener's");
    }
}
