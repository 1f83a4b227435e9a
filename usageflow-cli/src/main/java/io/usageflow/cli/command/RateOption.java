package io.usageflow.cli.command;

import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import picocli.CommandLine.Option;

/** How fast a command may ask Credyt. */
public final class RateOption {
    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Requests to Credyt a second at most; 50 by default. Fewer if Credyt asks for it.")
    private double rate = CredytQueries.PER_SECOND_DEFAULT;

    /**
     * Returns the requests a second, 50 by default.
     *
     * @throws WrongUsageException unless it is above 0
     */
    public double perSecond() {
        if (!(rate > 0)) {
            throw new WrongUsageException("--rate is " + rate + ": use more than 0");
        }
        return rate;
    }
}
