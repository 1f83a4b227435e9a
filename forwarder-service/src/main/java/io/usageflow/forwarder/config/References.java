package io.usageflow.forwarder.config;

import io.usageflow.forwarder.config.ConfigSources.Given;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigTransformer;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;

/**
 * Replaces <code>${file:PATH:KEY}</code> (an entry of a properties file), <code>${dir:DIRECTORY:FILE}</code> (a whole
 * file, as mounted secrets are) and <code>${env:NAME}</code> by what they stand for, with Kafka's own providers.
 */
final class References {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{(file|env|dir):[^}]*}");

    private References() {}

    /** @param problems takes one sentence for each reference that leads nowhere; never a value */
    static Map<String, String> resolve(Map<String, Given> entries, List<String> problems) {
        var env = new EnvVarConfigProvider();
        env.configure(Map.of());
        var dir = new DirectoryConfigProvider();
        dir.configure(Map.of());
        var file = new FileConfigProvider();
        file.configure(Map.of());
        var transformer = new ConfigTransformer(Map.<String, ConfigProvider>of("env", env, "dir", dir, "file", file));
        var resolved = new LinkedHashMap<String, String>();
        entries.forEach((key, given) -> resolved.put(key, resolve(transformer, key, given, problems)));
        return resolved;
    }

    private static String resolve(ConfigTransformer transformer, String key, Given given, List<String> problems) {
        String written = given.value();
        if (!REFERENCE.matcher(written).find()) {
            return written;
        }
        try {
            String value = transformer.transform(Map.of(key, written)).data().getOrDefault(key, written);
            if (REFERENCE.matcher(written).results().noneMatch(reference -> value.contains(reference.group()))) {
                return value.strip();
            }
            problems.add(key + " (" + given.origin() + ") refers to " + written
                    + ", which does not exist: check the name and the entry");
        } catch (ConfigException unreadable) {
            problems.add(key + " (" + given.origin() + ") refers to " + written + ", which cannot be read: "
                    + unreadable.getMessage());
        }
        return written;
    }
}
