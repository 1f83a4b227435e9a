package io.usageflow.spring.balance;

import io.usageflow.producer.SpendCheck;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * A request is not served because the balance does not suffice, or is not known and {@link RequiresBalance#whenUnknown}
 * refuses then. Becomes a problem document with status 402 unless the application handles it.
 */
public final class BalanceRefusedException extends ErrorResponseException {
    private static final long serialVersionUID = 1L;

    private final String asset;
    private final transient Optional<SpendCheck> check;

    BalanceRefusedException(String asset, Optional<SpendCheck> check) {
        super(HttpStatus.PAYMENT_REQUIRED, problem(asset, check), null);
        this.asset = asset;
        this.check = check;
    }

    private static ProblemDetail problem(String asset, Optional<SpendCheck> check) {
        boolean isKnown = check.isPresent() && check.get().decision() == SpendCheck.Decision.REFUSED;
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                HttpStatus.PAYMENT_REQUIRED,
                "The balance of " + asset + (isKnown ? " does not suffice." : " is not known."));
        problem.setProperty("asset", asset);
        return problem;
    }

    /** Code at Credyt, such as {@code USD}. */
    public String asset() {
        return asset;
    }

    /** What {@link io.usageflow.producer.Balances} answered; empty if the request names no account. */
    public Optional<SpendCheck> check() {
        return check;
    }
}
