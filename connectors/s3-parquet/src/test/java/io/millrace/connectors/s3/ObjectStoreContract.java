package io.millrace.connectors.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every object store keeps to. */
abstract class ObjectStoreContract {
    @TempDir
    Path files;

    /** An empty store. */
    abstract ObjectStore store();

    /** The content of an object. */
    abstract byte[] content(String key) throws Exception;

    @Test
    void whatIsUploadedIsThereUnderItsKey() throws Exception {
        store().upload("a b/dt=1996-07-07/ö+0.parquet", file("x"));

        assertThat(content("a b/dt=1996-07-07/ö+0.parquet")).isEqualTo("x".getBytes());
        assertThat(store().list("")).containsExactly("a b/dt=1996-07-07/ö+0.parquet");
    }

    @Test
    void anUploadReplacesTheObject() throws Exception {
        store().upload("key", file("old"));
        store().upload("key", file("new"));

        assertThat(content("key")).isEqualTo("new".getBytes());
        assertThat(store().list("")).containsExactly("key");
    }

    @Test
    void aPrefixIsTextAndNotAFolder() throws Exception {
        store().upload("cleaned/orders/dt=1996-07-07/1", file("1"));
        store().upload("cleaned/orders/dt=1996-07-08/1", file("1"));
        store().upload("cleaned/orders_old/dt=1996-07-08/1", file("1"));

        assertThat(store().list("cleaned/orders/dt="))
                .containsExactly("cleaned/orders/dt=1996-07-07/1", "cleaned/orders/dt=1996-07-08/1");
        assertThat(store().list("cleaned/orders/dt=1997")).isEmpty();
    }

    @Test
    void deletesWhatIsThereAndDoesNotMindWhatIsNot() throws Exception {
        store().upload("a", file("1"));
        store().upload("b", file("1"));

        store().delete(List.of("a", "never-there"));
        store().delete(List.of());

        assertThat(store().list("")).containsExactly("b");
    }

    @Test
    void listsAndDeletesMoreThanOnePage() throws Exception {
        Path file = file("1");
        List<String> keys =
                IntStream.range(0, 1005).mapToObj(n -> "many/" + (10_000 + n)).toList();
        keys.forEach(key -> store().upload(key, file));

        assertThat(store().list("many/")).isEqualTo(keys);
        store().delete(keys);

        assertThat(store().list("")).isEmpty();
    }

    Path file(String content) throws Exception {
        return Files.writeString(Files.createTempFile(files, "object", ""), content);
    }
}
