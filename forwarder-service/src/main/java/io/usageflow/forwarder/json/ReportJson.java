package io.usageflow.forwarder.json;

import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonInclude.Value;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.usageflow.schema.text.VisibleText;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;

/**
 * Writes reports for scripts, and reads them: a record becomes an object with its components as fields, in their order,
 * in snake_case. A component that is null or an empty Optional is left out unless it has {@code @JsonInclude(ALWAYS)};
 * times are ISO 8601 in UTC. Foreign text is {@linkplain VisibleText visible}. Thread-safe.
 */
public final class ReportJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .defaultPropertyInclusion(Value.construct(Include.NON_ABSENT, Include.ALWAYS))
            .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE)
            .addModule(new Jdk8Module())
            .addModule(new SimpleModule()
                    .addSerializer(Instant.class, ToStringSerializer.instance)
                    .addDeserializer(Instant.class, new InstantReader()))
            .build();

    private static final ObjectWriter INDENTED = MAPPER.writerWithDefaultPrettyPrinter();

    private ReportJson() {}

    /** Writes a document on one line, without a line feed. */
    public static String line(Object document) {
        return VisibleText.line(text(MAPPER.writer(), document));
    }

    /** Writes a document on several lines, indented. */
    public static String indented(Object document) {
        return VisibleText.lines(text(INDENTED, document).replace(System.lineSeparator(), "\n"));
    }

    /**
     * Reads a document. Fields that the type does not have are ignored; those that are not Optional must be there.
     *
     * @throws JsonProcessingException if the text is not JSON, or does not fit the type
     */
    public static <T> T read(String json, Class<T> type) throws JsonProcessingException {
        return MAPPER.readValue(json, type);
    }

    private static String text(ObjectWriter writer, Object document) {
        try {
            return writer.writeValueAsString(document);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("no JSON for " + document.getClass().getName(), impossible);
        }
    }

    private static final class InstantReader extends StdScalarDeserializer<Instant> {
        private static final long serialVersionUID = 1L;

        InstantReader() {
            super(Instant.class);
        }

        @Override
        public Instant deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            try {
                return Instant.parse(parser.getText());
            } catch (DateTimeException noTime) {
                return (Instant) context.handleWeirdStringValue(Instant.class, parser.getText(), "not a time");
            }
        }
    }
}
