package io.millrace.connectors.s3;

import java.nio.file.Path;
import java.util.List;

/**
 * A bucket. Failures that may pass are {@link org.apache.kafka.connect.errors.RetriableException}s, all others
 * {@link org.apache.kafka.connect.errors.ConnectException}s; both name the bucket and the key. All methods block.
 */
interface ObjectStore extends AutoCloseable {

    /** Stores a file under the key, replacing what is there. The object is visible whole or not at all. */
    void upload(String key, Path file);

    /** The keys that begin with the prefix, sorted; sees every upload and delete that has returned. */
    List<String> list(String prefix);

    /** Removes objects; those that are not there are no failure. */
    void delete(List<String> keys);

    @Override
    void close();
}
