package io.millrace.connectors.s3;

import java.util.Objects;

class InMemoryObjectStoreTest extends ObjectStoreContract {
    private final InMemoryObjectStore store = new InMemoryObjectStore();

    @Override
    ObjectStore store() {
        return store;
    }

    @Override
    byte[] content(String key) {
        return Objects.requireNonNull(store.objects.get(key));
    }
}
