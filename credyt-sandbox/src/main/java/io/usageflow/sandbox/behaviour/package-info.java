/** Where Credyt's sources are silent the sandbox has a switch: what can be switched, and each default. */
@NullMarked
package io.usageflow.sandbox.behaviour;

import org.jspecify.annotations.NullMarked;
