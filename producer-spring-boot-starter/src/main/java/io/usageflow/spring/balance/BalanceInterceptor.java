package io.usageflow.spring.balance;

import io.usageflow.producer.Balances;
import io.usageflow.producer.SpendCheck;
import io.usageflow.producer.WhenUnknown;
import io.usageflow.spring.SettingsException;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.math.BigDecimal;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/** Asks for the balance before a method with {@link RequiresBalance} is called. Thread-safe. */
final class BalanceInterceptor implements HandlerInterceptor {
    private static final String CHECKED = BalanceInterceptor.class.getName() + ".checked";

    private final ObjectProvider<Balances> balances;
    private final ObjectProvider<AccountResolver> accounts;

    BalanceInterceptor(ObjectProvider<Balances> balances, ObjectProvider<AccountResolver> accounts) {
        this.balances = balances;
        this.accounts = accounts;
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        Optional<RequiresBalance> required =
                handler instanceof HandlerMethod method ? required(method) : Optional.empty();
        if (required.isEmpty() || isChecked(request, (HandlerMethod) handler)) {
            return true;
        }
        String asset = required.get().asset();
        BigDecimal amount = new BigDecimal(required.get().amount());
        Optional<SpendCheck> check = accounts.getObject().account(request).map(account -> balances.getObject()
                .canSpend(account, asset, amount));
        WhenUnknown whenUnknown = required.get().whenUnknown();
        if (!check.map(known -> known.isAllowed(whenUnknown)).orElse(whenUnknown == WhenUnknown.ALLOW)) {
            throw new BalanceRefusedException(asset, check);
        }
        return true;
    }

    /** A method that answers asynchronously is dispatched once more with its result, and the work is done by then. */
    private static boolean isChecked(HttpServletRequest request, HandlerMethod method) {
        boolean isSame = method.getMethod().equals(request.getAttribute(CHECKED));
        request.setAttribute(CHECKED, method.getMethod());
        return isSame && request.getDispatcherType() == DispatcherType.ASYNC;
    }

    private static Optional<RequiresBalance> required(HandlerMethod method) {
        return Optional.ofNullable(method.getMethodAnnotation(RequiresBalance.class))
                .or(() -> Optional.ofNullable(
                        AnnotatedElementUtils.findMergedAnnotation(method.getBeanType(), RequiresBalance.class)));
    }

    /** @throws SettingsException if requests of the method could not be checked */
    void checkAtStart(HandlerMethod method) {
        Optional<RequiresBalance> required = required(method);
        if (required.isEmpty()) {
            return;
        }
        String place = "@RequiresBalance at " + method.getShortLogMessage();
        if (balances.stream().findAny().isEmpty()) {
            throw new SettingsException(
                    place + " needs a bean of type Balances", "Set usageflow.balances.enabled=true.");
        }
        if (accounts.stream().findAny().isEmpty()) {
            throw new SettingsException(
                    place + " needs a bean of type AccountResolver",
                    "Define one that says which account pays for a request.");
        }
        if (!isAmount(required.get().amount()) || required.get().asset().isBlank()) {
            throw new SettingsException(
                    place + " has amount \"" + required.get().amount() + "\" and asset \""
                            + required.get().asset() + "\"",
                    "Give a decimal that is 0 or more, and the code of an asset.");
        }
    }

    private static boolean isAmount(String text) {
        try {
            return new BigDecimal(text).signum() >= 0;
        } catch (NumberFormatException notDecimal) {
            return false;
        }
    }
}
