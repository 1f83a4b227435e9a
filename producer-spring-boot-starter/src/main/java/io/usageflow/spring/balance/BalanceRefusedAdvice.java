package io.usageflow.spring.balance;

import org.springframework.core.annotation.Order;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;

/**
 * Spring would write a problem document only with {@code spring.mvc.problemdetails.enabled}. The order is that of
 * Spring Boot's own handler: before an application's handler for all exceptions, which has no order.
 */
@ControllerAdvice
@Order(0)
final class BalanceRefusedAdvice {
    @ExceptionHandler
    ProblemDetail refused(BalanceRefusedException refused) {
        return refused.getBody();
    }
}
