package io.usageflow.spring.balance;

import io.usageflow.producer.Balances;
import io.usageflow.spring.UsageflowAutoConfiguration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Honours {@link RequiresBalance} in Spring MVC. It is there without a {@link Balances} bean too: an annotation without
 * effect would let everything pass, so the application does not start then.
 */
@AutoConfiguration(after = UsageflowAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(WebMvcConfigurer.class)
@ConditionalOnProperty(prefix = "usageflow", name = "enabled", matchIfMissing = true)
public final class UsageflowBalanceAutoConfiguration {
    @Bean
    BalanceInterceptor usageflowBalanceInterceptor(
            ObjectProvider<Balances> balances, ObjectProvider<AccountResolver> accounts) {
        return new BalanceInterceptor(balances, accounts);
    }

    @Bean
    WebMvcConfigurer usageflowBalanceConfigurer(BalanceInterceptor interceptor) {
        return new WebMvcConfigurer() {
            @Override
            public void addInterceptors(InterceptorRegistry registry) {
                registry.addInterceptor(interceptor);
            }
        };
    }

    @Bean
    SmartInitializingSingleton usageflowBalanceStartCheck(
            BalanceInterceptor interceptor, ObjectProvider<RequestMappingHandlerMapping> mappings) {
        return () -> mappings.stream()
                .flatMap(mapping -> mapping.getHandlerMethods().values().stream())
                .forEach(interceptor::checkAtStart);
    }

    @Bean
    BalanceRefusedAdvice usageflowBalanceRefusedAdvice() {
        return new BalanceRefusedAdvice();
    }
}
