package io.usageflow.forwarder.foreign;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import org.apache.pulsar.kafka.shade.io.confluent.kafka.serializers.KafkaAvroSerializer;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.commons.ClassRemapper;
import org.objectweb.asm.commons.Remapper;

/**
 * Confluent's genuine classes, version 7.0.1, under their real names. Confluent's own artifacts are not on Maven
 * Central; Pulsar's jar has the same classes under names of its own, which this undoes. Avro and Kafka are then ours.
 */
final class ConfluentJar {
    private static final String SHADED = "org/apache/pulsar/kafka/shade/";
    private static final String CONFLUENT = "io/confluent/";
    private static final String AVRO = "avro/";

    private ConfluentJar() {}

    /** Writes the jar. */
    static Path write(Path jar) throws IOException, URISyntaxException {
        Path shaded = Path.of(KafkaAvroSerializer.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (JarFile in = new JarFile(shaded.toFile());
                JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (JarEntry entry : confluentClasses(in)) {
                out.putNextEntry(new JarEntry(realName(entry.getName())));
                ClassWriter renamed = new ClassWriter(0);
                new ClassReader(in.getInputStream(entry).readAllBytes())
                        .accept(new ClassRemapper(renamed, new RealNames()), 0);
                out.write(renamed.toByteArray());
                out.closeEntry();
            }
        }
        return jar;
    }

    private static List<JarEntry> confluentClasses(JarFile jar) {
        List<JarEntry> classes = new ArrayList<>();
        for (JarEntry entry : Collections.list(jar.entries())) {
            if (entry.getName().startsWith(SHADED + CONFLUENT)
                    && entry.getName().endsWith(".class")) {
                classes.add(entry);
            }
        }
        return classes;
    }

    private static String realName(String name) {
        return name.replace(SHADED + AVRO, "org/apache/" + AVRO).replace(SHADED, "");
    }

    /** Names of classes, and those in strings, by which classes are loaded. */
    private static final class RealNames extends Remapper {
        RealNames() {
            super(Opcodes.ASM9);
        }

        @Override
        public String map(String internalName) {
            return realName(internalName);
        }

        @Override
        public Object mapValue(Object value) {
            if (value instanceof String text && text.startsWith(SHADED.replace('/', '.'))) {
                return realName(text.replace('.', '/')).replace('/', '.');
            }
            return super.mapValue(value);
        }
    }
}
