package io.usageflow.sandbox.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"a": 1, "b": [2]}   | {"b": [2.0], "a": 1e0} | true
                    {"a": 0.1}           | {"a": 0.10}            | true
                    {"a": 0.1}           | {"a": 0.1000000000000000000000001} | false
                    {"a": 1}             | {"a": "1"}             | false
                    {"a": null}          | {}                     | false
                    {"a": null}          | {"b": null}            | false
                    {"a": [1, 2]}        | {"a": [2, 1]}          | false
                    {"a": [1]}           | {"a": [1, 1]}          | false
                    {"a": true}          | {"a": false}           | false
                    {"a": "\\u00e9"}     | {"a": "é"}             | true
                    """)
    void shouldCompareValuesAndNotTheirNotation(String a, String b, boolean same) throws Exception {
        assertThat(Json.same(
                        Json.read(a.getBytes(StandardCharsets.UTF_8)), Json.read(b.getBytes(StandardCharsets.UTF_8))))
                .isEqualTo(same);
    }
}
