package io.usageflow.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.benchmarks.measure.Series.Figure;
import io.usageflow.benchmarks.measure.SliceWatch.Speed;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class FigureTest {
    @Test
    void shouldDivideMedians() {
        Figure figure = new Figure("P1", ">= 0.5", series("one", 50, 10, 60), series("other", 100, 100, 400));

        ObjectNode json = Report.json(figure);

        assertThat(figure.value()).isEqualTo(0.5);
        assertThat(json.get("of").asText()).isEqualTo("one / other");
        assertThat(json.get("byRound").toString()).isEqualTo("[0.500,0.100,0.150]");
        assertThat(json.get("medianOfRounds").decimalValue()).isEqualByComparingTo("0.15");
        assertThat(json.get("lowest").decimalValue()).isEqualByComparingTo("0.1");
        assertThat(json.get("highest").decimalValue()).isEqualByComparingTo("0.5");
        // CPU time is the inverse of speed here, and half as much again for the broker on both sides.
        assertThat(json.get("byCpu").decimalValue()).isEqualByComparingTo("0.5");
        assertThat(json.get("byCpuWithBroker").decimalValue()).isEqualByComparingTo("0.5");
    }

    @Test
    void shouldTakeTheMiddleOfTwo() {
        assertThat(Report.median(List.of(4.0, 1.0, 2.0, 100.0), Double::doubleValue))
                .isEqualTo(3.0);
        assertThatThrownBy(() -> Report.median(List.<Double>of(), Double::doubleValue))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Series series(String name, double... eventsPerSecond) {
        return new Series(
                name,
                name,
                Arrays.stream(eventsPerSecond)
                        .mapToObj(rate -> new Series.Turn(new Speed(rate, 1e6 / rate, 5e5 / rate, 0, 100), 0, 100))
                        .toList());
    }
}
