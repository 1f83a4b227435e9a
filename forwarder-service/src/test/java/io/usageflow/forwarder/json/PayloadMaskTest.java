package io.usageflow.forwarder.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class PayloadMaskTest {
    private static final String DOCUMENT = """
            {"id": "e-1", "event": {"data": {"Email": "a@b", "user_name": {"first": "A"}, "n": 3, "gone": null,
              "deep": [{"email": 1}, "email"]}},
             "mark": {"fixes": [{"field": "data.email", "old_value": null, "new_value": "x"},
                                {"field": "subject", "old_value": "s", "new_value": "t"}]}}
            """;

    /** Siblings: another case, objects, numbers, null, inside lists, values of the same word, fixes. */
    @Test
    void shouldHideValuesByNameAtAnyDepth() throws Exception {
        JsonNode document = read(DOCUMENT);

        assertThat(new PayloadMask(List.of("email", "*NAME", "gone")).masked(document))
                .isEqualTo(read("""
                                {"id": "e-1", "event": {"data": {"Email": "(masked)", "user_name": "(masked)", "n": 3,
                                  "gone": null, "deep": [{"email": "(masked)"}, "email"]}},
                                 "mark": {"fixes": [
                                   {"field": "data.email", "old_value": "(masked)", "new_value": "(masked)"},
                                   {"field": "subject", "old_value": "s", "new_value": "t"}]}}
                                """));
        assertThat(document).isEqualTo(read(DOCUMENT));
    }

    @Test
    void shouldHideNothingWithoutNamesAndNoOtherNames() throws Exception {
        assertThat(PayloadMask.NONE.masked(read(DOCUMENT))).isEqualTo(read(DOCUMENT));
        assertThat(PayloadMask.NONE.hides()).isFalse();
        assertThat(new PayloadMask(List.of("mail", "e.ail", "user")).masked(read(DOCUMENT)))
                .isEqualTo(read(DOCUMENT));
        assertThat(new PayloadMask(List.of("a*c*e")))
                .matches(mask -> mask.hides("abcde") && mask.hides("ACE") && !mask.hides("abcd") && mask.hides());
    }

    private static JsonNode read(String json) throws JsonProcessingException {
        return new ObjectMapper().readTree(json);
    }
}
