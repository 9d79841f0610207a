package io.millrace.it.harness;

import io.millrace.dev.postgres.PostgresAccess;
import io.millrace.dev.s3.S3Access;
import io.millrace.dev.search.SearchAccess;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** All that an {@link OutageRun} stands on. */
record OutageServers(
        Server<PostgresAccess> source,
        Server<PostgresAccess> warehouse,
        Server<S3Access> s3,
        Server<SearchAccess> search)
        implements AutoCloseable {

    /**
     * Starts all at the same time; all or none.
     *
     * @param bucket of the S3
     */
    static OutageServers up(Path folder, String bucket) throws Exception {
        CompletableFuture<Server<SearchAccess>> search = inBackground(() -> Server.search(folder.resolve("search")));
        CompletableFuture<Server<PostgresAccess>> source =
                inBackground(() -> Server.postgres(folder.resolve("source")));
        CompletableFuture<Server<PostgresAccess>> warehouse =
                inBackground(() -> Server.postgres(folder.resolve("warehouse")));
        CompletableFuture<Server<S3Access>> s3 = inBackground(() -> Server.s3(folder.resolve("s3"), bucket));
        try {
            return new OutageServers(source.join(), warehouse.join(), s3.join(), search.join());
        } catch (CompletionException e) {
            for (CompletableFuture<? extends Server<?>> one : List.of(source, warehouse, s3, search)) {
                one.thenAccept(Server::close).exceptionally(failure -> null).join();
            }
            throw e;
        }
    }

    private static <T> CompletableFuture<T> inBackground(Callable<T> work) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return work.call();
                    } catch (Exception e) {
                        throw new CompletionException(e);
                    }
                },
                task -> new Thread(task, "up").start());
    }

    Server<?> of(Target target) {
        return switch (target) {
            case LAKE -> s3;
            case WAREHOUSE -> warehouse;
            case SEARCH -> search;
        };
    }

    @Override
    public void close() {
        List.of(source, warehouse, s3, search).forEach(Server::close);
    }
}
