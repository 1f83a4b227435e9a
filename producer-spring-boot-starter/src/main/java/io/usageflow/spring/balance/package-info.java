/**
 * Refuses a request with 402 before it is served: {@link io.usageflow.spring.balance.RequiresBalance} marks methods of
 * Spring MVC controllers, {@link io.usageflow.spring.balance.AccountResolver} names the account of a request, and
 * {@code BalanceInterceptor} asks {@link io.usageflow.producer.Balances}.
 */
@NullMarked
package io.usageflow.spring.balance;

import org.jspecify.annotations.NullMarked;
