package io.usageflow.schema.registry.http;

import static io.usageflow.schema.registry.ScriptedServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.schema.registry.RegistryAbsence;
import io.usageflow.schema.registry.RegistryUnavailableException;
import io.usageflow.schema.registry.SchemaRegistry;
import io.usageflow.schema.registry.SchemaRegistry.SchemaRefusedException;
import io.usageflow.schema.registry.SchemaRegistry.UnusableSchemaException;
import io.usageflow.schema.registry.ScriptedServer;
import io.usageflow.schema.registry.ScriptedServer.Answer;
import io.usageflow.schema.registry.client.SchemaRegistries;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client, decorators included, against servers that misbehave. */
@Timeout(120)
class HttpSchemaRegistryIT {
    private static final Schema SCHEMA = new Schema.Parser().parse("\"string\"");
    private static final Answer FOUND = json(200, "{\"schema\":\"\\\"string\\\"\"}");
    private static final Answer UNKNOWN_ID = json(404, "{\"error_code\":40403,\"message\":\"Schema not found\"}");

    private final ScriptedServer server = new ScriptedServer();
    private final ScriptedServer other = new ScriptedServer();

    @AfterEach
    void stop() {
        server.close();
        other.close();
    }

    static Stream<Arguments> passing() {
        return Stream.of(
                Arguments.of("500", json(500, "{\"error_code\":50001}")),
                Arguments.of("503", json(503, "")),
                Arguments.of("429", json(429, "slow down")),
                Arguments.of("408", json(408, "")),
                Arguments.of("truncated", ScriptedServer.truncated("{\"schema\":\"")),
                Arguments.of("cut JSON", json(200, "{\"schema\":\"")),
                Arguments.of("proxy's page", json(200, "<html>please log in</html>")),
                Arguments.of("no schema in it", json(200, "{}")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("passing")
    void shouldTryAgainWhatMayPass(String name, Answer failure) {
        server.answering(failure, failure, FOUND);

        assertThat(connect(Map.of()).byId(7)).hasValue(SCHEMA);

        assertThat(server.requests()).hasToString("[GET /schemas/ids/7, GET /schemas/ids/7, GET /schemas/ids/7]");
    }

    @Test
    void shouldNotNeedTheCommonPoolThatAnApplicationKeepsBusy() {
        var free = new CountDownLatch(1);
        Stream.generate(() -> ForkJoinPool.commonPool().submit(() -> {
                    free.await();
                    return 0;
                }))
                .limit(ForkJoinPool.getCommonPoolParallelism())
                .forEach(busy -> {});
        server.answering(FOUND);
        try {
            assertThat(connect(Map.of("max.retries", "0")).byId(7)).hasValue(SCHEMA);
        } finally {
            free.countDown();
        }
    }

    @Test
    void shouldGiveUpAfterTheRetriesAndSayWhere() {
        server.answering(json(500, "{}"));

        assertThatThrownBy(() -> connect(Map.of("max.retries", "2")).byId(7))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining(server.url())
                .hasMessageContaining("/schemas/ids/7")
                .hasMessageContaining("500");
        assertThat(server.requests()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 301})
    void shouldNotTryAgainWhatNeedsAPerson(int status) {
        server.answering(json(status, "{\"error_code\":" + status + ",\"message\":\"no\"}"));

        assertThatThrownBy(() -> connect(Map.of()).byId(7))
                .asInstanceOf(InstanceOfAssertFactories.type(RegistryUnavailableException.class))
                .satisfies(e -> assertThat(e.isWorthRetrying()).isFalse())
                .satisfies(e ->
                        assertThat(e).hasMessageContaining(status + " (no)").hasMessageContaining("check"));
        assertThat(server.requests()).hasSize(1);
    }

    static Stream<Arguments> answered() {
        return Stream.of(
                Arguments.of(
                        "a JSON schema", json(200, "{\"schemaType\":\"JSON\",\"schema\":\"{}\"}"), "JSON, not AVRO"),
                Arguments.of(
                        "a Protobuf schema",
                        json(200, "{\"schemaType\":\"PROTOBUF\",\"schema\":\"syntax\"}"),
                        "PROTOBUF, not AVRO"),
                Arguments.of("a type of tomorrow", json(200, "{\"schemaType\":\"THRIFT\",\"schema\":\"x\"}"), "THRIFT"),
                Arguments.of(
                        "no Avro", json(200, "{\"schema\":\"{\\\"type\\\":\\\"nonsense\\\"}\"}"), "no Avro schema"),
                Arguments.of("no JSON within", json(200, "{\"schema\":\"{{{\"}"), "no Avro schema"),
                Arguments.of("an empty schema", json(200, "{\"schema\":\"\"}"), "no Avro schema"),
                Arguments.of(
                        "references",
                        json(200, "{\"schema\":\"\\\"com.example.Other\\\"\",\"references\":[{\"name\":\"o\"}]}"),
                        "without references"),
                Arguments.of(
                        "arrays nested 100,000 deep",
                        json(
                                200,
                                "{\"schema\":\"" + "{\\\"type\\\":\\\"array\\\",\\\"items\\\":".repeat(30_000) + "\"}"),
                        "no Avro schema"),
                Arguments.of(
                        "two million characters",
                        json(200, "{\"schema\":\"" + " ".repeat(2_000_000) + "\"}"),
                        "longer than"),
                Arguments.of("an answer without end", ScriptedServer.endless(), "longer than"),
                Arguments.of("400", json(400, "{\"error_code\":400,\"message\":\"no\"}"), "400 (no)"),
                Arguments.of("405", json(405, "{\"error_code\":405}"), "405"),
                Arguments.of("406", json(406, "{\"error_code\":40601}"), "406"),
                Arguments.of("410", json(410, "{\"error_code\":410}"), "410"),
                Arguments.of("422", json(422, "{\"error_code\":42201}"), "422"));
    }

    /** The registry is well, and the id is of no use: that is a property of the record that names it. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("answered")
    void shouldTellAnUnusableSchemaFromAnAbsentRegistry(String name, Answer answer, String why) {
        server.answering(answer);
        SchemaRegistry registry = connect(Map.of());

        assertThatThrownBy(() -> registry.byId(7))
                .isInstanceOf(UnusableSchemaException.class)
                .hasMessageContaining(why)
                .satisfies(e -> assertThat(RegistryAbsence.isCauseOf(e)).isFalse());
        assertThatThrownBy(() -> registry.byId(7)).isInstanceOf(UnusableSchemaException.class);
        assertThat(server.requests()).as("the answer is remembered").hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 405, 406, 422})
    void shouldNotTakeAnotherServersPageForTheRegistrysAnswer(int status) {
        server.answering(json(status, "<html>maintenance</html>"));

        assertThatThrownBy(() -> connect(Map.of()).byId(7)).isInstanceOf(RegistryUnavailableException.class);
    }

    @Test
    void shouldAskEveryAddressBeforeAnIdCountsAsUnknown() {
        server.answering(UNKNOWN_ID);
        other.answering(FOUND);

        assertThat(connect(Map.of("schema.registry.url", server.url() + "," + other.url()))
                        .byId(7))
                .hasValue(SCHEMA);
    }

    @ParameterizedTest
    @ValueSource(ints = {409, 422})
    void shouldNotTryAgainWhatIsRefused(int status) {
        // The guard's two requests come first: the subject has a level already.
        server.answering(
                json(200, "{\"compatibilityLevel\":\"FULL_TRANSITIVE\"}"),
                json(status, "{\"error_code\":" + status + ",\"message\":\"not like this\"}"));

        assertThatThrownBy(() -> connect(Map.of()).register("a b/c", SCHEMA))
                .isInstanceOf(SchemaRefusedException.class)
                .hasMessageContaining("not like this")
                .hasMessageContaining("/subjects/a%20b%2Fc/versions");
        assertThat(server.requests()).hasToString("[GET /config/a%20b%2Fc, POST /subjects/a%20b%2Fc/versions]");
    }

    @Test
    void shouldSetTheLevelThenRegisterThenRemember() {
        server.answering(
                json(404, "{\"error_code\":40408,\"message\":\"no level\"}"),
                json(200, "{\"compatibility\":\"BACKWARD_TRANSITIVE\"}"),
                json(200, "{\"id\":12}"));
        SchemaRegistry registry = connect(Map.of());

        assertThat(registry.register("s", SCHEMA)).isEqualTo(12);
        assertThat(registry.register("s", SCHEMA)).isEqualTo(12);
        assertThat(registry.idOf("s", SCHEMA)).hasValue(12);

        assertThat(server.requests()).hasToString("[GET /config/s, PUT /config/s, POST /subjects/s/versions]");
        assertThat(server.requests().get(1).body()).isEqualTo("{\"compatibility\":\"BACKWARD_TRANSITIVE\"}");
        assertThat(server.requests().get(2).body()).isEqualTo("{\"schema\":\"\\\"string\\\"\"}");
    }

    @Test
    void shouldRegisterWhereTheLevelMayNotBeSet() {
        server.answering(json(403, "{\"error_code\":40301,\"message\":\"not you\"}"), json(200, "{\"id\":3}"));

        assertThat(connect(Map.of()).register("s", SCHEMA)).isEqualTo(3);

        assertThat(server.requests()).hasToString("[GET /config/s, POST /subjects/s/versions]");
    }

    @Test
    void shouldSetTheLevelAfterTheFirstVersionWhereItMustBeThatWay() {
        Answer unknownSubject = json(404, "{\"error_code\":40401,\"message\":\"no subject\"}");
        server.answering(
                unknownSubject,
                unknownSubject,
                json(200, "{\"id\":3}"),
                json(200, "{\"compatibilityLevel\":\"NONE\"}"),
                json(200, "{\"compatibility\":\"BACKWARD_TRANSITIVE\"}"));

        assertThat(connect(Map.of()).register("s", SCHEMA)).isEqualTo(3);

        assertThat(server.requests())
                .hasToString("[GET /config/s, PUT /config/s, POST /subjects/s/versions, GET /config/s, PUT /config/s]");
    }

    @Test
    void shouldRememberSchemasButNoFailure() {
        server.answering(json(500, ""), FOUND);
        SchemaRegistry registry = connect(Map.of("max.retries", "0"));

        assertThatThrownBy(() -> registry.byId(7)).isInstanceOf(RegistryUnavailableException.class);
        assertThat(registry.byId(7)).hasValue(SCHEMA);
        assertThat(registry.byId(7)).hasValue(SCHEMA);

        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void shouldAskTheNextAddressAndStayThere() {
        server.answering(json(503, ""));
        other.answering(FOUND);
        SchemaRegistry registry =
                connect(Map.of("schema.registry.url", server.url() + ", " + other.url(), "max.retries", "0"));

        assertThat(registry.byId(7)).hasValue(SCHEMA);
        assertThat(registry.byId(8)).hasValue(SCHEMA);

        assertThat(server.requests()).hasSize(1);
        assertThat(other.requests()).hasSize(2);
    }

    @Test
    void shouldAskTheNextAddressWhereNobodyListens() {
        other.answering(FOUND);
        String nobody = server.url();
        server.close();
        SchemaRegistry registry =
                connect(Map.of("schema.registry.url", nobody + "," + other.url(), "max.retries", "0"));

        assertThat(registry.byId(7)).hasValue(SCHEMA);
    }

    @Test
    void shouldNameEveryAddressThatFailed() {
        server.answering(json(503, ""));
        other.answering(json(500, ""));

        assertThatThrownBy(() -> connect(
                                Map.of("schema.registry.url", server.url() + "," + other.url(), "max.retries", "0"))
                        .byId(7))
                .hasMessageContaining(other.url())
                .satisfies(e -> assertThat(e.getSuppressed()[0]).hasMessageContaining(server.url()));
    }

    @Test
    void shouldNotHangOnABodyThatNeverComes() {
        server.answering(ScriptedServer.stalled());

        assertThatThrownBy(() -> connect(Map.of("http.read.timeout.ms", "300", "max.retries", "0"))
                        .byId(7))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining("300 ms");
    }

    @Test
    void shouldNotReadAnAnswerWithoutEnd() {
        server.answering(ScriptedServer.endless());

        assertThatThrownBy(() -> connect(Map.of("max.retries", "0")).latest("s"))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining("longer than " + RegistryHttp.ANSWER_BYTES_MAX);
    }

    @Test
    void shouldSendTheCredentialsItWasGiven() {
        server.answering(FOUND);

        connect(Map.of("basic.auth.credentials.source", "USER_INFO", "basic.auth.user.info", "user:pass:word"))
                .byId(1);
        connect(Map.of("bearer.auth.token", "t0ken")).byId(1);
        connect(Map.of("schema.registry.url", server.url().replace("http://", "http://us%20er:p%40ss@")))
                .byId(1);
        connect(Map.of()).byId(1);

        assertThat(server.requests())
                .extracting(ScriptedServer.Request::authorization)
                .containsExactly("Basic dXNlcjpwYXNzOndvcmQ=", "Bearer t0ken", "Basic dXMgZXI6cEBzcw==", "null");
    }

    @Test
    void shouldShowNoSecretInAnError() {
        server.answering(json(401, "{\"error_code\":401,\"message\":\"Unauthorized\"}"));
        String address = server.url().replace("http://", "http://user:secret@");

        assertThatThrownBy(() -> connect(Map.of("schema.registry.url", address)).byId(1))
                .hasMessageContaining(server.url())
                .hasMessageContaining("basic.auth.user.info")
                .satisfies(
                        e -> assertThat(e.toString()).doesNotContain("secret").doesNotContain("dXNlcjpzZWNyZXQ"));
    }

    @Test
    void shouldSayThatThereIsNoRegistryAtThePath() {
        server.answering(json(404, "<html>nothing here</html>"));

        assertThatThrownBy(() -> connect(Map.of()).byId(1))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining("/apis/ccompat/v7");
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void shouldKeepThePathOfTheAddress() {
        server.answering(FOUND);

        connect(Map.of("schema.registry.url", server.url() + "/apis/ccompat/v7/"))
                .byId(1);

        assertThat(server.requests()).hasToString("[GET /apis/ccompat/v7/schemas/ids/1]");
    }

    private SchemaRegistry connect(Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(
                Map.of("schema.registry.url", server.url(), "retries.wait.ms", "1", "http.connect.timeout.ms", "5000"));
        config.putAll(more);
        return SchemaRegistries.connect(config);
    }
}
