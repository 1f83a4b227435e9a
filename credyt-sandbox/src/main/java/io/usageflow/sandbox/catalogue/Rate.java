package io.usageflow.sandbox.catalogue;

import java.math.BigDecimal;

/**
 * One entry of {@code values}.
 *
 * @param unitPrice per event; 0 where absent
 * @param volumeRate per package; 0 where absent
 * @param packageSize more than 0; 1 where absent
 */
public record Rate(BigDecimal unitPrice, BigDecimal volumeRate, BigDecimal packageSize) {}
