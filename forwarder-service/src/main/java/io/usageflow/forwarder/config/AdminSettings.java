package io.usageflow.forwarder.config;

import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * Where health and metrics are served. Immutable.
 *
 * @param host the address to listen on
 * @param port 0 takes a free one
 */
public record AdminSettings(String host, int port) {
    public static final String HOST = "admin.host";
    public static final String PORT = "admin.port";
    private static final String GROUP = "Admin server";

    static ConfigDef define(ConfigDef def) {
        return def.define(
                        PORT,
                        ConfigDef.Type.INT,
                        8080,
                        ConfigDef.Range.between(0, 65_535),
                        ConfigDef.Importance.MEDIUM,
                        "Port of /health/live, /health/ready, /metrics and /admission/parked; 0 takes a free one and prints"
                                + " it.",
                        GROUP,
                        1,
                        ConfigDef.Width.SHORT,
                        PORT)
                .define(
                        HOST,
                        ConfigDef.Type.STRING,
                        "127.0.0.1",
                        new ConfigDef.NonEmptyString(),
                        ConfigDef.Importance.MEDIUM,
                        "Address the admin server listens on; 0.0.0.0 opens it to the network, as containers need.",
                        GROUP,
                        2,
                        ConfigDef.Width.MEDIUM,
                        HOST);
    }

    static AdminSettings from(AbstractConfig config) {
        return new AdminSettings(config.getString(HOST), config.getInt(PORT));
    }
}
