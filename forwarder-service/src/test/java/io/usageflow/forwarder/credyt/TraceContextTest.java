package io.usageflow.forwarder.credyt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {
    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final String OTHER = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01";

    @Test
    void shouldTakeTheContextOfASingleEventAndOneThatAllShare() {
        var context = new TraceContext(PARENT, Optional.of("vendor=x,other=y"));

        assertThat(TraceContext.common(List.of(headers(PARENT, "vendor=x,other=y"))))
                .hasValue(context);
        assertThat(TraceContext.common(
                        List.of(headers(PARENT, "vendor=x,other=y"), headers(PARENT, "vendor=x,other=y"))))
                .hasValue(context);
        assertThat(context.headers()).isEqualTo(Map.of("traceparent", PARENT, "tracestate", "vendor=x,other=y"));
    }

    @Test
    void shouldTakeNoneWhereEventsHaveSeveral() {
        assertThat(TraceContext.common(List.of(headers(PARENT, null), headers(OTHER, null))))
                .isEmpty();
        assertThat(TraceContext.common(List.of(headers(PARENT, null), new RecordHeaders())))
                .isEmpty();
        assertThat(TraceContext.common(List.of(new RecordHeaders(), headers(PARENT, null))))
                .isEmpty();
        assertThat(TraceContext.common(List.of(headers(PARENT, "a=1"), headers(PARENT, "a=2"))))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nX-CREDYT-ACCOUNT: other",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            })
    void shouldLeaveOutWhatHasAnotherForm(String parent) {
        assertThat(TraceContext.common(List.of(headers(parent, "a=1")))).isEmpty();
    }

    @Test
    void shouldLeaveOutAStateThatNoHeaderMayHave() {
        for (String state : List.of("a=1\r\nX-KEY: v", "a=1\u0000", "", "a=" + "x".repeat(512), "a=\u00e9")) {
            assertThat(TraceContext.common(List.of(headers(PARENT, state))))
                    .hasValue(new TraceContext(PARENT, Optional.empty()));
        }
    }

    private static Headers headers(String parent, String state) {
        Headers headers = new RecordHeaders().add("traceparent", parent.getBytes(UTF_8));
        return state == null ? headers : headers.add("tracestate", state.getBytes(UTF_8));
    }
}
