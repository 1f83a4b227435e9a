package io.usageflow.schema.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CountTextTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0       | 0 events
            1       | 1 event
            2       | 2 events
            1234567 | 1,234,567 events
            """)
    void shouldSayOneEventAndTwoEvents(long number, String text) {
        assertThat(CountText.of(number, "event")).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0 events wait", "1, 1 event waits", "2, 2 events wait"})
    void shouldSayWhatTheyDo(long number, String text) {
        assertThat(CountText.of(number, "event", "waits", "wait")).isEqualTo(text);
    }
}
