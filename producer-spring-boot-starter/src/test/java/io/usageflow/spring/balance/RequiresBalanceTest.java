package io.usageflow.spring.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.asyncDispatch;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.producer.Balances;
import io.usageflow.producer.BalancesStatus;
import io.usageflow.producer.SpendCheck;
import io.usageflow.producer.SpendCheck.Decision;
import io.usageflow.producer.WhenUnknown;
import io.usageflow.spring.SettingsException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.RequestBuilder;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;

/** Requests through Spring MVC, on the balances of three accounts; also run on Spring Boot 4. */
class RequiresBalanceTest {
    private final KnownBalances balances = new KnownBalances();
    private final WebApplicationContextRunner application = new WebApplicationContextRunner()
            .withUserConfiguration(Application.class)
            .withBean(Balances.class, () -> balances)
            .withBean(AccountResolver.class, () -> request -> Optional.ofNullable(request.getHeader("Account")))
            .withBean(ChatController.class);

    @ParameterizedTest
    @CsvSource({
        "/open, rich, 200, ''",
        "/open, poor, 402, The balance of USD does not suffice.",
        "/open, unread, 200, ''",
        "/open, '', 200, ''",
        "/closed, rich, 200, ''",
        "/closed, poor, 402, The balance of credits does not suffice.",
        "/closed, unread, 402, The balance of credits is not known.",
        "/closed, '', 402, The balance of credits is not known."
    })
    void shouldAnswer402WhereTheBalanceDoesNotSuffice(String path, String account, int status, String detail) {
        application.run(web(mvc -> {
            MockHttpServletResponse answer =
                    answer(mvc, account.isEmpty() ? get(path) : get(path).header("Account", account));

            assertThat(answer.getStatus()).isEqualTo(status);
            if (status == 200) {
                assertThat(answer.getContentAsString()).isEqualTo("served");
            } else {
                JsonNode problem = new ObjectMapper().readTree(answer.getContentAsString());
                assertThat(answer.getContentType()).isEqualTo("application/problem+json");
                assertThat(problem.path("title").textValue()).isEqualTo("Payment Required");
                assertThat(problem.path("status").intValue()).isEqualTo(402);
                assertThat(problem.path("detail").textValue()).isEqualTo(detail);
                assertThat(problem.findValue("asset").textValue()).isEqualTo(path.equals("/open") ? "USD" : "credits");
            }
        }));
    }

    @Test
    void shouldAskForTheAmountOfTheMethodBeforeThatOfItsClass() {
        application.run(web(mvc -> {
            answer(mvc, get("/open").header("Account", "rich"));
            answer(mvc, get("/closed").header("Account", "rich"));

            assertThat(balances.asked).containsExactly("rich 0.05 USD", "rich 0 credits");
        }));
    }

    /** What an asynchronous method has begun is paid for; its result is not withheld. */
    @Test
    void shouldNotAskAgainForTheResultOfAnAsynchronousMethod() {
        application.run(web(mvc -> {
            MvcResult begun =
                    mvc.perform(post("/later").header("Account", "rich")).andReturn();
            balances.left.put("rich", new BigDecimal("-1"));
            MockHttpServletResponse answer = answer(mvc, asyncDispatch(begun));

            assertThat(answer.getStatus()).isEqualTo(200);
            assertThat(answer.getContentAsString()).isEqualTo("served later");
            assertThat(balances.asked).hasSize(1);
        }));
    }

    @Test
    void shouldStay402BehindAHandlerOfAllExceptionsAndLeaveTheAnswerToTheApplication() {
        application.withBean(CatchAll.class).run(web(mvc -> assertThat(
                        answer(mvc, get("/open").header("Account", "poor")).getStatus())
                .isEqualTo(402)));
        application.withBean(OwnAnswer.class).run(web(mvc -> {
            MockHttpServletResponse answer = answer(mvc, get("/open").header("Account", "poor"));

            assertThat(answer.getStatus()).isEqualTo(402);
            assertThat(answer.getContentAsString()).isEqualTo("top up USD, REFUSED");
        }));
    }

    @Test
    void shouldNotStartWhereTheAnnotationWouldHaveNoEffect() {
        WebApplicationContextRunner bare = new WebApplicationContextRunner()
                .withUserConfiguration(Application.class)
                .withBean(ChatController.class);

        assertRefused(bare, "needs a bean of type Balances", "Set usageflow.balances.enabled=true.");
        assertRefused(
                bare.withBean(Balances.class, () -> balances),
                "needs a bean of type AccountResolver",
                "Define one that says which account pays for a request.");
        assertRefused(
                application.withBean(WrongAmount.class),
                "@RequiresBalance at io.usageflow.spring.balance.RequiresBalanceTest$WrongAmount#free[0 args] has amount"
                        + " \"-1\"",
                "Give a decimal that is 0 or more, and the code of an asset.");
    }

    @Test
    void shouldAskNothingOfApplicationsWithoutTheAnnotation() {
        new WebApplicationContextRunner()
                .withUserConfiguration(Application.class)
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(BalanceInterceptor.class));
        new WebApplicationContextRunner()
                .withUserConfiguration(Application.class)
                .withBean(ChatController.class)
                .withPropertyValues("usageflow.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(BalanceInterceptor.class));
        new WebApplicationContextRunner()
                .withUserConfiguration(Starter.class)
                .withClassLoader(new FilteredClassLoader("org.springframework.web.servlet"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("usageflowBalanceInterceptor"));
        new ApplicationContextRunner()
                .withUserConfiguration(Starter.class)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("usageflowBalanceInterceptor"));
    }

    private static void assertRefused(WebApplicationContextRunner application, String message, String remedy) {
        application.run(
                context -> assertThat(context).getFailure().isInstanceOfSatisfying(SettingsException.class, wrong -> {
                    assertThat(wrong).hasMessageContaining(message);
                    assertThat(wrong.remedy()).isEqualTo(remedy);
                }));
    }

    private interface Requests {
        void of(MockMvc mvc) throws Exception;
    }

    private static <C extends WebApplicationContext> ContextConsumer<C> web(Requests requests) {
        return context ->
                requests.of(MockMvcBuilders.webAppContextSetup(context).build());
    }

    private static MockHttpServletResponse answer(MockMvc mvc, RequestBuilder request) throws Exception {
        return mvc.perform(request).andReturn().getResponse();
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(UsageflowBalanceAutoConfiguration.class)
    static class Starter {}

    @Configuration(proxyBeanMethods = false)
    @EnableWebMvc
    @ImportAutoConfiguration(UsageflowBalanceAutoConfiguration.class)
    static class Application {}

    @RestController
    @RequiresBalance(asset = "credits", whenUnknown = WhenUnknown.REFUSE)
    static class ChatController {
        @GetMapping("/open")
        @RequiresBalance(asset = "USD", amount = "0.05")
        String open() {
            return "served";
        }

        @GetMapping("/closed")
        String closed() {
            return "served";
        }

        @PostMapping("/later")
        CompletableFuture<String> later() {
            return CompletableFuture.completedFuture("served later");
        }
    }

    @RestController
    static class WrongAmount {
        @GetMapping("/wrong")
        @RequiresBalance(asset = "USD", amount = "-1")
        String free() {
            return "served";
        }
    }

    @ControllerAdvice
    static class CatchAll {
        @ExceptionHandler
        ResponseEntity<String> failed(Exception any) {
            return ResponseEntity.internalServerError().body(any.toString());
        }
    }

    @ControllerAdvice
    @Order(-1)
    static class OwnAnswer {
        @ExceptionHandler
        ResponseEntity<String> refused(BalanceRefusedException refused) {
            return ResponseEntity.status(402)
                    .body("top up " + refused.asset() + ", "
                            + refused.check().orElseThrow().decision());
        }
    }

    /** Accounts and what is left of every asset. */
    private static final class KnownBalances implements Balances {
        final Map<String, BigDecimal> left =
                new HashMap<>(Map.of("rich", BigDecimal.TEN, "poor", new BigDecimal("-0.01")));
        final List<String> asked = new ArrayList<>();

        @Override
        public SpendCheck canSpend(String account, String asset, BigDecimal amount) {
            asked.add(account + " " + amount + " " + asset);
            Optional<BigDecimal> known = Optional.ofNullable(left.get(account));
            Decision decision = known.map(value -> value.compareTo(amount) >= 0 ? Decision.ALLOWED : Decision.REFUSED)
                    .orElse(Decision.UNKNOWN);
            return new SpendCheck(decision, known, known.map(value -> Duration.ZERO), "a test");
        }

        @Override
        public void spent(String account, String asset, BigDecimal amount) {
            throw new UnsupportedOperationException("a check takes nothing");
        }

        @Override
        public BalancesStatus status() {
            throw new UnsupportedOperationException("not asked by a check");
        }

        @Override
        public void close() {}
    }
}
