package io.usageflow.forwarder.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Validator;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/**
 * Adds the keys of one part to a definition in the order of the calls, each with its line of docs/configuration.md; and
 * reads values that Kafka's types do not have.
 */
final class KeyGroup {
    private final ConfigDef def;
    private final String title;

    private KeyGroup(ConfigDef def, String title) {
        this.def = def;
        this.title = title;
    }

    /** A key that lacks its line of the page. */
    final class Key {
        private final String name;
        private final ConfigDef.Type type;
        private final Object preset;
        private final @Nullable Validator check;

        private Key(String name, ConfigDef.Type type, Object preset, @Nullable Validator check) {
            this.name = name;
            this.type = type;
            this.preset = preset;
            this.check = check;
        }

        KeyGroup doc(String doc) {
            int order = def.names().size();
            def.define(name, type, preset, check, Importance.MEDIUM, doc, title, order, ConfigDef.Width.MEDIUM, name);
            return KeyGroup.this;
        }
    }

    /** @param title of the part's section */
    static KeyGroup of(ConfigDef def, String title) {
        return new KeyGroup(def, title);
    }

    Key key(String name, ConfigDef.Type type, Object preset, @Nullable Validator check) {
        return new Key(name, type, preset, check);
    }

    Key text(String name, String preset, @Nullable Validator check) {
        return key(name, ConfigDef.Type.STRING, preset, check);
    }

    /** A text that may be absent. */
    Key text(String name) {
        return text(name, "", null);
    }

    Key secret(String name) {
        return key(name, ConfigDef.Type.PASSWORD, new Password(""), null);
    }

    /** Both bounds are inclusive. */
    Key number(String name, int preset, int min, int max) {
        return key(name, ConfigDef.Type.INT, preset, ConfigDef.Range.between(min, max));
    }

    /** A duration as {@link DurationText} reads it. Both bounds are inclusive. */
    Key duration(String name, String preset, String min, String max) {
        return text(name, preset, between(name, min, max));
    }

    /** As {@link #duration}, or {@code off}, which is the default. */
    Key durationOrOff(String name, String min, String max) {
        return durationOrOff(name, DurationText.OFF, min, max);
    }

    /** As {@link #duration}, or {@code off}. */
    Key durationOrOff(String name, String preset, String min, String max) {
        return text(name, preset, new DurationText.OrOff(between(name, min, max)));
    }

    private static Validator between(String name, String min, String max) {
        return DurationText.between(DurationText.parse(name, min), DurationText.parse(name, max));
    }

    Key flag(String name, boolean preset) {
        return key(name, ConfigDef.Type.BOOLEAN, preset, null);
    }

    /** A list that is empty by default. */
    Key list(String name) {
        return key(name, ConfigDef.Type.LIST, List.of(), null);
    }

    ConfigDef definition() {
        return def;
    }

    static Duration duration(AbstractConfig config, String key) {
        return DurationText.parse(key, config.getString(key));
    }

    /** Empty where it is off. */
    static Optional<Duration> durationOrOff(AbstractConfig config, String key) {
        String text = config.getString(key);
        return DurationText.isOff(text) ? Optional.empty() : Optional.of(DurationText.parse(key, text));
    }

    /** Empty where it is blank. */
    static Optional<String> text(AbstractConfig config, String key) {
        return Optional.of(config.getString(key).strip()).filter(text -> !text.isEmpty());
    }

    static Optional<Path> path(AbstractConfig config, String key) {
        return text(config, key).map(Path::of);
    }
}
