/**
 * Keeps {@code usage.balances}: the wallets of customers as Credyt showed them last, so that services need not ask
 * Credyt. {@link io.usageflow.forwarder.balance.BalanceKeeper} runs two threads. {@code BalanceIntake} reads {@code
 * usage.deliverable}, the customer links and the topic itself, and learns which accounts there are and what of them is
 * on its way. {@code WalletReader} asks Credyt for the wallets that {@link
 * io.usageflow.forwarder.balance.WalletSchedule} says are due, and writes them. Delivery knows nothing of either.
 */
@NullMarked
package io.usageflow.forwarder.balance;

import org.jspecify.annotations.NullMarked;
