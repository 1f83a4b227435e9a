package io.usageflow.forwarder.catalogue;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Credyt's products with the prices of each version. Immutable.
 *
 * @param gaps sentences on what Credyt did not show; empty if the list of products is complete
 */
public record Catalogue(List<Product> products, List<String> gaps) {
    public Catalogue {
        products = List.copyOf(products);
        gaps = List.copyOf(gaps);
    }

    /** The prices of all versions of all products that count an event type. */
    public Stream<UsagePrice> usagePrices(String eventType) {
        return usagePrices().filter(price -> price.eventType().equals(eventType));
    }

    /** The prices of all versions of all products that count events. */
    public Stream<UsagePrice> usagePrices() {
        return products.stream()
                .flatMap(product -> product.versions().stream())
                .flatMap(version -> version.prices().stream().flatMap(List::stream))
                .filter(UsagePrice.class::isInstance)
                .map(UsagePrice.class::cast);
    }

    /** Returns the product with the code. */
    public Optional<Product> product(String code) {
        return products.stream().filter(product -> product.code().equals(code)).findFirst();
    }

    /** A product, which customers subscribe to in one of its versions. */
    public record Product(String id, String code, List<Version> versions) {
        public Product {
            versions = List.copyOf(versions);
        }

        /** The version that a subscription without a number means; empty if none is published. */
        public Optional<Version> defaultVersion() {
            return versions.stream().filter(Version::isDefault).findFirst();
        }

        public Optional<Version> version(int number) {
            return versions.stream()
                    .filter(version -> version.number() == number)
                    .findFirst();
        }
    }

    /**
     * A version, whose prices never change.
     *
     * @param number from 1
     * @param prices empty if the answer of Credyt did not show them
     */
    public record Version(int number, boolean isDefault, Optional<List<Price>> prices) {
        public Version {
            prices = prices.map(List::copyOf);
        }
    }

    /** One price of a version. Sealed: an event either can meet it, cannot, or we cannot tell. */
    public sealed interface Price {
        /** The price's name; empty if it has none. */
        Optional<String> name();

        /** Whether it counts events of the type, or may as far as is known. */
        boolean mayCount(String type);
    }

    /**
     * A price that charges for single events.
     *
     * @param realTime false for recurring billing, which yields no fee per event
     * @param volumeField the key of a number in {@code data}; empty if the price counts events only
     * @param dimensions keys in {@code data} that choose the rates
     * @param tariffs by asset; which asset is charged if there are several is not documented
     */
    public record UsagePrice(
            Optional<String> name,
            boolean realTime,
            String eventType,
            boolean countsUnits,
            Optional<String> volumeField,
            List<String> dimensions,
            Map<String, List<Tariff>> tariffs)
            implements Price {
        public UsagePrice {
            dimensions = List.copyOf(dimensions);
            tariffs = Map.copyOf(tariffs);
        }

        @Override
        public boolean mayCount(String type) {
            return eventType.equals(type);
        }

        /** The same price with {@link Rate#inPackagesOfOne}. */
        UsagePrice inPackagesOfOne() {
            Map<String, List<Tariff>> same = new HashMap<>();
            tariffs.forEach((asset, each) -> same.put(
                    asset,
                    each.stream()
                            .map(tariff -> new Tariff(
                                    tariff.dimensions(),
                                    tariff.rates().stream()
                                            .map(Rate::inPackagesOfOne)
                                            .toList()))
                            .toList()));
            return new UsagePrice(name, realTime, eventType, countsUnits, volumeField, dimensions, same);
        }
    }

    /** A price that has nothing to do with events, such as a monthly fee. */
    public record FixedPrice(Optional<String> name) implements Price {
        @Override
        public boolean mayCount(String type) {
            return false;
        }
    }

    /**
     * A price in a form that we do not know.
     *
     * @param eventType what it counts, if that could be read; empty: it may count any
     * @param why the field, and what is wrong with it
     */
    public record UnknownPrice(Optional<String> name, Optional<String> eventType, String why) implements Price {
        @Override
        public boolean mayCount(String type) {
            return eventType.map(type::equals).orElse(true);
        }
    }

    /**
     * The rates for one combination of dimension values. All of them are charged.
     *
     * @param dimensions value by key; {@code *} for any
     */
    public record Tariff(Map<String, String> dimensions, List<Rate> rates) {
        static final String ANY = "*";

        public Tariff {
            dimensions = Map.copyOf(dimensions);
            rates = List.copyOf(rates);
        }
    }

    /**
     * What an event costs.
     *
     * @param unit per event
     * @param volume per package
     * @param packageSize more than 0
     */
    public record Rate(BigDecimal unit, BigDecimal volume, BigDecimal packageSize) {
        /** The same rate for packages of one, which needs no division; itself if it would not be exact. */
        Rate inPackagesOfOne() {
            try {
                return new Rate(unit, volume.divide(packageSize), BigDecimal.ONE);
            } catch (ArithmeticException endless) {
                return this;
            }
        }
    }
}
