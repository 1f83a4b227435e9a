package io.usageflow.sandbox.account;

import io.usageflow.sandbox.json.Ids;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The API key's own account, and those below it. Guarded by the lock of {@link io.usageflow.sandbox.books.Books}. */
public final class Accounts {
    private final Account self;
    private final List<Account> others = new ArrayList<>();

    public Accounts(Instant now) {
        self = new Account(Ids.next("acc_"), "Sandbox", null, null, now);
    }

    public Account self() {
        return self;
    }

    public void add(Account account) {
        others.add(account);
    }

    public List<Account> all() {
        return List.copyOf(others);
    }

    public Optional<Account> byId(String id) {
        return others.stream().filter(account -> account.id().equals(id)).findFirst();
    }

    public Optional<Account> byExternalId(String externalId) {
        return others.stream()
                .filter(account -> externalId.equals(account.externalId()))
                .findFirst();
    }

    public void clear() {
        others.clear();
    }
}
