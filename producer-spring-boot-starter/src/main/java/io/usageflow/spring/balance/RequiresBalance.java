package io.usageflow.spring.balance;

import io.usageflow.producer.WhenUnknown;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Serves a request only if the account's balance suffices ({@link io.usageflow.producer.Balances#canSpend}), and
 * otherwise answers 402 with a problem document. On a method of a Spring MVC controller, or on the class for all of its
 * methods; that of the method comes first. It takes nothing from the balance.
 *
 * <p>The application needs {@code usageflow.balances.enabled=true} and a bean of type {@link AccountResolver}, and
 * does not start without them.
 */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
public @interface RequiresBalance {
    /** Code at Credyt, such as {@code USD}. */
    String asset();

    /** What the request may cost at most: a decimal, 0 or more. With 0 the balance must not be negative. */
    String amount() default "0";

    /** What to do if the balance is not known, or if the request names no account. Fails open by default. */
    WhenUnknown whenUnknown() default WhenUnknown.ALLOW;
}
