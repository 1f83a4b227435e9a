package io.usageflow.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.schema.serde.SampleRecords;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;

/**
 * What each released version has written: under {@code src/test/resources/golden/v<version>/} stand for every record its
 * Avro binary ({@code .avro}), its schema ({@code .avsc}) and its values as text ({@code .json}). Released files never
 * change.
 *
 * <p>Before a release, write the new version's files, commit them, and name the version in {@code ReleasedSchemas.RELEASES}:
 *
 * <pre>{@code
 * ./mvnw -q -pl schemas test-compile org.codehaus.mojo:exec-maven-plugin:3.5.0:java \
 *     -Dexec.mainClass=io.usageflow.schema.GoldenFiles -Dexec.classpathScope=test -Dexec.args="0.2.0"
 * }</pre>
 */
public final class GoldenFiles {
    private static final Path DIRECTORY = Path.of("src", "test", "resources", "golden");

    /** With which the forwarder reads its own records where the registry has lost their schemas. */
    private static final Path CARRIED = Path.of("src", "main", "resources", "io", "usageflow", "schema", "released");

    private GoldenFiles() {}

    /** Argument: the version. Refuses to touch a version that has files. */
    public static void main(String[] args) throws IOException {
        Path module = Files.isDirectory(Path.of("schemas")) ? Path.of("schemas") : Path.of("");
        Path version = module.resolve(DIRECTORY).resolve("v" + args[0]);
        if (Files.exists(version)) {
            throw new IllegalStateException(version + " exists: released files never change. Where the version is not"
                    + " released yet, delete the directory first");
        }
        Files.createDirectories(version);
        Path carried = module.resolve(CARRIED).resolve(args[0]);
        for (SpecificRecord datum : SampleRecords.oneOfEach()) {
            SampleRecords.withFullScale(datum);
            String name = datum.getSchema().getName();
            Files.write(version.resolve(name + ".avro"), binary(datum));
            String schema = datum.getSchema().toString(true) + "\n";
            Files.writeString(version.resolve(name + ".avsc"), schema);
            Files.writeString(Files.createDirectories(carried).resolve(name + ".avsc"), schema);
            Files.writeString(version.resolve(name + ".json"), datum + "\n");
        }
    }

    /** One record as one version wrote it. */
    record Golden(String version, String name, ByteBuffer binary, String schema, String json) {
        @Override
        public String toString() {
            return version + " " + name;
        }
    }

    /** All files of all versions. */
    static List<Golden> all() {
        try (Stream<Path> files = Files.walk(DIRECTORY)) {
            return files.filter(file -> file.toString().endsWith(".avro"))
                    .sorted()
                    .map(GoldenFiles::golden)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Golden golden(Path binary) {
        String name = binary.getFileName().toString().replace(".avro", "");
        try {
            return new Golden(
                    binary.getParent().getFileName().toString().substring(1),
                    name,
                    ByteBuffer.wrap(Files.readAllBytes(binary)),
                    Files.readString(binary.resolveSibling(name + ".avsc"), UTF_8),
                    Files.readString(binary.resolveSibling(name + ".json"), UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] binary(SpecificRecord datum) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        new SpecificDatumWriter<>(datum.getSchema(), SpecificData.getForClass(datum.getClass())).write(datum, encoder);
        encoder.flush();
        return out.toByteArray();
    }
}
