package io.usageflow.sandbox.behaviour;

/**
 * Which events are valid. Immutable.
 *
 * @param autoCreateCustomers an unknown {@code customer_external_id} is created and subscribed to every published
 *     product when it is first seen; for development only, off by default: Credyt does no such thing
 */
public record EventRules(
        EventIdFormat eventIds,
        UnknownCustomer unknownCustomer,
        UnknownVendor unknownVendor,
        UnknownFields unknownFields,
        MissingVolume missingVolume,
        boolean autoCreateCustomers) {
    public static final EventRules DEFAULT = new EventRules(
            EventIdFormat.UUID,
            UnknownCustomer.UNPROCESSABLE,
            UnknownVendor.UNPROCESSABLE,
            UnknownFields.IGNORE,
            MissingVolume.UNPROCESSABLE,
            false);

    public EventRules withEventIds(EventIdFormat changed) {
        return new EventRules(
                changed, unknownCustomer, unknownVendor, unknownFields, missingVolume, autoCreateCustomers);
    }

    public EventRules withUnknownCustomer(UnknownCustomer changed) {
        return new EventRules(eventIds, changed, unknownVendor, unknownFields, missingVolume, autoCreateCustomers);
    }

    public EventRules withUnknownVendor(UnknownVendor changed) {
        return new EventRules(eventIds, unknownCustomer, changed, unknownFields, missingVolume, autoCreateCustomers);
    }

    public EventRules withUnknownFields(UnknownFields changed) {
        return new EventRules(eventIds, unknownCustomer, unknownVendor, changed, missingVolume, autoCreateCustomers);
    }

    public EventRules withMissingVolume(MissingVolume changed) {
        return new EventRules(eventIds, unknownCustomer, unknownVendor, unknownFields, changed, autoCreateCustomers);
    }

    public EventRules withAutoCreateCustomers(boolean changed) {
        return new EventRules(eventIds, unknownCustomer, unknownVendor, unknownFields, missingVolume, changed);
    }
}
