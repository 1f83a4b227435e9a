/**
 * The customers that Credyt refuses for lack of funds, as the instances of delivery show them on their admin ports, and
 * the request to try them now.
 */
@NullMarked
package io.usageflow.forwarder.funds;

import org.jspecify.annotations.NullMarked;
