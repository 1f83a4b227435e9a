package io.usageflow.forwarder.admission;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Admission without a broker, made for each test and closed after it. */
abstract class TopologyFixture {
    @TempDir
    Path stateDir;

    AdmissionDriver admission;

    @BeforeEach
    final void start() {
        admission = open(stateDir.resolve("one"));
    }

    @AfterEach
    final void stop() {
        admission.close();
    }

    /** By default with one linked account, {@code acct_1}. */
    AdmissionDriver open(Path folder) {
        AdmissionDriver driver = new AdmissionDriver(folder);
        driver.linkCustomer("acct_1", "cust-1");
        return driver;
    }
}
