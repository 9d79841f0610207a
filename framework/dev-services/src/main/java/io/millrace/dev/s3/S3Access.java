package io.millrace.dev.s3;

import java.nio.file.Path;
import java.util.List;

/**
 * How to reach a running server.
 *
 * @param region any would do; clients want one
 * @param folder where the objects are plain files, {@code <folder>/<bucket>/<key>}
 * @param buckets that exist for sure
 * @param pid of the server's process
 * @param attached whether it was already running and was left alone
 */
public record S3Access(
        int port,
        String accessKeyId,
        String secretAccessKey,
        String region,
        Path folder,
        List<String> buckets,
        long pid,
        boolean attached) {

    public S3Access {
        buckets = List.copyOf(buckets);
    }

    public String endpoint() {
        return "http://127.0.0.1:" + port;
    }

    /** Keys are left out. */
    @Override
    public String toString() {
        return "S3Access[" + endpoint() + ", pid " + pid + (attached ? ", attached]" : ", started]");
    }
}
