package io.usageflow.forwarder.catalogue.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Credyt's answer to a simulation is not documented: each sensible form is understood, or nothing is guessed. */
class SimulatedFeesTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"events": [{"id": "A", "fees": [{"amount": 1.5, "asset": "USD"}]}, {"id": "b", "fees": []}]}      | by id
            {"events": [{"id": "b", "fees": []}, {"id": "a", "fees": [{"amount": 1.5, "asset": "USD"}]}]}      | by id
            [{"event_id": "b", "id": "x", "fees": []}, {"event_id": "a", "id": "y", "fees": [{"amount": 1.5, "asset": "USD"}]}] | by id
            {"items": [{"fees": [{"amount": 1.5, "currency": "USD"}]}, {"fees": []}], "total_count": 2}        | by order
            {"data": {"results": [{"fees": [{"amount": 1.5, "asset": "USD"}], "x": {}}, {"fees": []}]}}        | by order
            """)
    void shouldTellTheFeesOfEachEvent(String body, String how) throws JsonProcessingException {
        assertThat(text(body, "a", "b")).as(how).contains("[1.5 USD] []");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "{\"events\": []}",
                "{\"total\": 1.5}",
                "{\"fees\": [{\"amount\": 1.5, \"asset\": \"USD\"}]}",
                "{\"events\": [{\"id\": \"a\", \"fees\": []}]}",
                "{\"events\": [{\"id\": \"a\", \"fees\": []}, {\"id\": \"b\"}]}",
                "{\"events\": [{\"fees\": [{\"amount\": \"1.5\", \"asset\": \"USD\"}]}, {\"fees\": []}]}",
                "{\"events\": [{\"fees\": [{\"amount\": 1.5}]}, {\"fees\": []}]}"
            })
    void shouldNotGuess(String body) throws JsonProcessingException {
        assertThat(text(body, "a", "b")).isEmpty();
    }

    @Test
    void shouldTakeTheFeesOfTheOnlyEvent() throws JsonProcessingException {
        assertThat(text(
                        "{\"fees\": [{\"amount\": 0.1, \"asset\": \"USD\"}, {\"amount\": 2, \"asset\": \"CRD\"}]}",
                        "a"))
                .contains("[0.1 USD, 2 CRD]");
    }

    private static Optional<String> text(String body, String... ids) throws JsonProcessingException {
        return SimulatedFees.of(ParsedResponse.EXACT.readTree(body), List.of(ids))
                .map(events -> events.stream()
                        .map(fees -> fees.stream()
                                .map(fee -> fee.amount() + " " + fee.asset())
                                .toList()
                                .toString())
                        .collect(Collectors.joining(" ")));
    }
}
