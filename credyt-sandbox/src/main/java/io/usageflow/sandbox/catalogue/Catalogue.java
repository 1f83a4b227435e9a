package io.usageflow.sandbox.catalogue;

import io.usageflow.sandbox.json.Ids;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All products. Guarded by the lock of {@link io.usageflow.sandbox.books.Books}. */
public final class Catalogue {
    private final Map<String, Product> byId = new LinkedHashMap<>();
    private final Map<String, Product> byCode = new LinkedHashMap<>();

    /** @throws IllegalArgumentException where the code is taken */
    public Product create(String code, PostedProduct posted, Instant now) {
        if (byCode.containsKey(code)) {
            throw new IllegalArgumentException("a product with code " + code + " exists: choose another code");
        }
        Product product = new Product(Ids.next("prp_"), code, now);
        product.add(posted);
        byId.put(product.id(), product);
        byCode.put(code, product);
        return product;
    }

    public ProductVersion addVersion(Product product, PostedProduct posted) {
        return product.add(posted);
    }

    public Optional<Product> byId(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    public Optional<Product> byCode(String code) {
        return Optional.ofNullable(byCode.get(code));
    }

    public Collection<Product> all() {
        return Collections.unmodifiableCollection(byId.values());
    }

    /** What a customer that is created by itself gets: the default version of everything that has one. */
    public List<ProductVersion> defaults() {
        List<ProductVersion> defaults = new ArrayList<>();
        byId.values().forEach(product -> product.version("default").ifPresent(defaults::add));
        return defaults;
    }

    public void clear() {
        byId.clear();
        byCode.clear();
    }
}
