package io.usageflow.cli;

import io.usageflow.forwarder.observe.Version;
import org.apache.kafka.common.utils.AppInfoParser;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class VersionText implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {
            "usageflow " + Version.current() + " (Java " + Runtime.version() + ", Kafka clients "
                    + AppInfoParser.getVersion() + ")"
        };
    }
}
