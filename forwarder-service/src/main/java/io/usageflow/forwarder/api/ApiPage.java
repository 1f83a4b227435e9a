package io.usageflow.forwarder.api;

import io.usageflow.forwarder.console.page.BoundedWork;
import io.usageflow.forwarder.observe.AdminPage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.apache.kafka.common.config.ConfigException;

/**
 * A question of the API.
 *
 * @param parameters the only ones that it takes
 * @param scans whether it reads topics
 */
record ApiPage(String path, List<String> parameters, boolean scans, Function<ApiQuery, Answer> answer)
        implements AdminPage {
    /** Less than the server gives an answer. */
    private static final Duration WITHIN = Duration.ofSeconds(24);

    /** A question that memory answers. */
    static ApiPage of(String path, Function<ApiQuery, Object> document, String... parameters) {
        return new ApiPage(path, List.of(parameters), false, query -> Answer.ok(document.apply(query)));
    }

    /**
     * A question that topics answer.
     *
     * @param reading makes what reads from the question; it refuses a wrong one with a ConfigException
     */
    static ApiPage reading(
            BoundedWork work, String path, Function<ApiQuery, Callable<Object>> reading, String... parameters) {
        return new ApiPage(path, List.of(parameters), true, query -> {
            BoundedWork.Result<Object> result = work.within(WITHIN, reading.apply(query));
            return result.value()
                    .map(Answer::ok)
                    .orElseGet(() -> Answer.notNow(result.problem().orElse("no answer")));
        });
    }

    @Override
    public Answer answer(Map<String, List<String>> query) {
        try {
            return answer.apply(ApiQuery.of(query, parameters));
        } catch (ConfigException wrong) {
            return Answer.badQuestion(String.valueOf(wrong.getMessage()));
        }
    }
}
