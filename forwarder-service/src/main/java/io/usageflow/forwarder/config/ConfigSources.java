package io.usageflow.forwarder.config;

import io.usageflow.forwarder.config.ConfigSources.Given;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigTransformer;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;

/**
 * Settings as text, each with its origin. A later call overrides earlier ones: defaults, file, environment, command
 * line. Immutable. Problems are collected, not thrown: {@link Settings#load} reports them together with those of the
 * values.
 */
public final class ConfigSources {
    /** {@code credyt.url} is {@code USAGEFLOW_CREDYT_URL}: dots become underscores, which no key contains. */
    public static final String ENVIRONMENT_PREFIX = "USAGEFLOW_";

    /** Variables with our prefix that are no settings: the launcher and the command line read them. */
    private static final Set<String> NOT_SETTINGS = Set.of(
            "USAGEFLOW_CONFIG",
            "USAGEFLOW_DEBUG",
            "USAGEFLOW_JAVA_OPTS",
            "USAGEFLOW_LOG_FORMAT",
            "USAGEFLOW_LOG_LEVEL",
            "USAGEFLOW_NO_BUILD");

    /** Kubernetes sets these in every pod if there is a service called usageflow. */
    private static final Pattern KUBERNETES_SERVICE =
            Pattern.compile("USAGEFLOW_(\\w+_)?(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT_\\d+_(TCP|UDP|SCTP)(_\\w+)?)");

    /** Secret keys that are passed on to Kafka's clients and serializers. */
    private static final Pattern SECRET_KEY = Pattern.compile("(kafka|streams|registry)\\.(.*\\.)?"
            + "(password|secret|passphrase|token|jaas\\.config|user\\.info|keystore\\.key)");

    private static final Pattern SECRET_ADDRESS = Pattern.compile("^\\w+://[^/@\\s]+:[^/@\\s]*@");

    private final Map<String, Given> entries;
    private final List<String> problems;

    private ConfigSources(Map<String, Given> entries, List<String> problems) {
        this.entries = entries;
        this.problems = problems;
    }

    /**
     * A value and its origin.
     *
     * @param value as written, including secrets and references such as <code>${file:...}</code>
     * @param origin for messages
     */
    record Given(String value, String origin) {
        @Override
        public String toString() {
            return "[hidden] from " + origin;
        }
    }

    public static ConfigSources none() {
        return new ConfigSources(Map.of(), List.of());
    }

    /**
     * Adds a setting that overrides the earlier sources.
     *
     * @param origin for messages, such as {@code --bootstrap-servers}
     */
    public ConfigSources with(String key, String value, String origin) {
        return with(Map.of(key, value), origin);
    }

    public ConfigSources with(Map<String, String> values, String origin) {
        var added = new LinkedHashMap<String, Given>();
        new TreeMap<>(values).forEach((key, value) -> added.put(key, new Given(value, origin)));
        return plus(added, List.of());
    }

    /** A Java properties file in UTF-8. */
    public ConfigSources withFile(Path file) {
        var twice = new ArrayList<String>();
        var properties = new Properties() {
            private static final long serialVersionUID = 1L;

            @Override
            public synchronized Object put(Object key, Object value) {
                if (containsKey(key)) {
                    twice.add(key + " stands twice in " + file + ": keep one of the lines");
                }
                return super.put(key, value);
            }
        };
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (NoSuchFileException missing) {
            return plus(Map.of(), List.of("there is no configuration file " + file + ": check --config"));
        } catch (IOException | IllegalArgumentException unreadable) {
            return plus(
                    Map.of(),
                    List.of("the configuration file " + file + " cannot be read: " + unreadable.getMessage()
                            + "; it must be a Java properties file in UTF-8"));
        }
        var added = new LinkedHashMap<String, Given>();
        for (String key : new TreeMap<>(properties)
                .keySet().stream().map(Object::toString).toList()) {
            added.put(key, new Given(properties.getProperty(key).strip(), file.toString()));
        }
        return plus(added, twice);
    }

    /** Takes the variables whose names begin with {@value #ENVIRONMENT_PREFIX}. */
    public ConfigSources withEnvironment(Map<String, String> environment) {
        var added = new LinkedHashMap<String, Given>();
        new TreeMap<>(environment).forEach((name, value) -> {
            if (isSetting(name, value)) {
                added.put(keyOf(name), new Given(value.strip(), name));
            }
        });
        return plus(added, List.of());
    }

    /**
     * Adds settings that override the earlier sources.
     *
     * @param assignments each {@code key=value}, as {@code --set} takes them
     */
    public ConfigSources withAssignments(Collection<String> assignments) {
        var added = new LinkedHashMap<String, Given>();
        var malformed = new ArrayList<String>();
        for (String assignment : assignments) {
            int equals = assignment.indexOf('=');
            if (equals < 1) {
                // Not echoed: it may be a secret whose key was forgotten.
                malformed.add("--set takes key=value, such as --set admin.port=8080, but one of them has "
                        + (equals < 0 ? "no '='" : "no key before '='"));
            } else {
                added.put(
                        assignment.substring(0, equals).strip(),
                        new Given(assignment.substring(equals + 1).strip(), "--set"));
            }
        }
        return plus(added, malformed);
    }

    /**
     * Returns the keys of assignments that show a secret to every user of the machine in the process list: passwords,
     * and addresses that contain one. A reference such as <code>${env:NAME}</code> shows none.
     */
    public static List<String> secretsIn(Collection<String> assignments) {
        ConfigDef def = Settings.definition();
        var keys = new ArrayList<String>();
        for (String assignment : assignments) {
            int equals = assignment.indexOf('=');
            String key = assignment.substring(0, Math.max(equals, 0)).strip();
            String value = assignment.substring(equals + 1).strip();
            if (isSecret(def, key, value) && !value.isEmpty() && !value.startsWith("${")) {
                keys.add(key);
            }
        }
        return keys;
    }

    /** Whether the key's values are secret, or the value is an address that holds a password. */
    static boolean isSecret(ConfigDef def, String key, String value) {
        ConfigDef.ConfigKey known = def.configKeys().get(key);
        return (known != null && known.type == ConfigDef.Type.PASSWORD)
                || SECRET_KEY.matcher(key).matches()
                || SECRET_ADDRESS.matcher(value).find();
    }

    Map<String, Given> entries() {
        return entries;
    }

    List<String> problems() {
        return problems;
    }

    /** The environment variable of a key. */
    public static String variableOf(String key) {
        return ENVIRONMENT_PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_');
    }

    private static String keyOf(String variable) {
        return variable.substring(ENVIRONMENT_PREFIX.length())
                .toLowerCase(Locale.ROOT)
                .replace('_', '.');
    }

    private static boolean isSetting(String name, String value) {
        return name.startsWith(ENVIRONMENT_PREFIX)
                && name.length() > ENVIRONMENT_PREFIX.length()
                && !NOT_SETTINGS.contains(name)
                && !KUBERNETES_SERVICE.matcher(name).matches()
                && !(name.endsWith("_PORT") && value.startsWith("tcp://"));
    }

    private ConfigSources plus(Map<String, Given> added, List<String> found) {
        var all = new LinkedHashMap<>(entries);
        all.putAll(added);
        var allProblems = new ArrayList<>(problems);
        allProblems.addAll(found);
        return new ConfigSources(Map.copyOf(all), List.copyOf(allProblems));
    }

    /**
     * Resolves <code>${file:PATH:KEY}</code> (an entry of a properties file), <code>${dir:DIRECTORY:FILE}</code> (a
     * whole file, such as a mounted secret) and <code>${env:NAME}</code> with Kafka's own providers.
     */
    static final class References {
        private static final Pattern REFERENCE = Pattern.compile("\\$\\{(file|env|dir):[^}]*}");

        private References() {}

        /** @param problems receives one sentence for each unresolved reference, never a value */
        static Map<String, String> resolve(Map<String, Given> entries, List<String> problems) {
            var env = new EnvVarConfigProvider();
            env.configure(Map.of());
            var dir = new DirectoryConfigProvider();
            dir.configure(Map.of());
            var file = new FileConfigProvider();
            file.configure(Map.of());
            var transformer =
                    new ConfigTransformer(Map.<String, ConfigProvider>of("env", env, "dir", dir, "file", file));
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
                String value =
                        transformer.transform(Map.of(key, written)).data().getOrDefault(key, written);
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
}
