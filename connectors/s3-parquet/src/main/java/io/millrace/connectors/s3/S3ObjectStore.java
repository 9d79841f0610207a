package io.millrace.connectors.s3;

import io.millrace.connectors.s3.S3ParquetSinkConfig.Location;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Error;
import software.amazon.awssdk.services.s3.model.S3Object;

/** A bucket of S3 or of a server that speaks like it. */
final class S3ObjectStore implements ObjectStore {
    private static final Logger LOG = LoggerFactory.getLogger(S3ObjectStore.class);
    private static final String PARQUET = "application/vnd.apache.parquet";
    /** What one delete request may name. */
    private static final int KEYS_PER_DELETE = 1000;

    /** Above this, a file goes up in parts. */
    static final long LARGEST_PUT = 64L << 20;
    /** S3 takes 10,000 parts of a file, none but the last smaller than 5 MiB. */
    private static final long PART = 32L << 20;

    private static final int MOST_PARTS = 10_000;

    private final S3Client s3;
    private final String bucket;
    private final long largestPut;
    private final long smallestPart;

    S3ObjectStore(S3Client s3, String bucket, long largestPut, long smallestPart) {
        this.s3 = s3;
        this.bucket = bucket;
        this.largestPut = largestPut;
        this.smallestPart = smallestPart;
    }

    static S3ObjectStore open(Location location) {
        try {
            return new S3ObjectStore(S3Clients.forTask(location), location.bucket(), LARGEST_PUT, PART);
        } catch (SdkException e) {
            throw new ConnectException("S3 bucket '" + location.bucket() + "': no client: " + e.getMessage(), e);
        }
    }

    @Override
    public void upload(String key, Path file) {
        ask("uploading '" + key + "'", () -> {
            try {
                long size = Files.size(file);
                if (size <= largestPut) {
                    s3.putObject(
                            request -> request.bucket(bucket).key(key).contentType(PARQUET),
                            RequestBody.fromFile(file));
                } else {
                    uploadParts(key, file, size);
                }
                return size;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private void uploadParts(String key, Path file, long size) {
        String upload = s3.createMultipartUpload(
                        request -> request.bucket(bucket).key(key).contentType(PARQUET))
                .uploadId();
        try {
            long length = Math.max(smallestPart, (size + MOST_PARTS - 1) / MOST_PARTS);
            List<CompletedPart> parts = new ArrayList<>();
            for (long start = 0; start < size; start += length) {
                parts.add(uploadPart(key, upload, parts.size() + 1, file, start, Math.min(length, size - start)));
            }
            s3.completeMultipartUpload(request -> request.bucket(bucket)
                    .key(key)
                    .uploadId(upload)
                    .multipartUpload(completed -> completed.parts(parts)));
        } catch (SdkException | UncheckedIOException e) {
            abort(key, upload);
            throw e;
        }
    }

    private CompletedPart uploadPart(String key, String upload, int number, Path file, long start, long length) {
        // the provider is asked again for each attempt
        ContentStreamProvider content = () -> section(file, start, length);
        String tag = s3.uploadPart(
                        request -> request.bucket(bucket)
                                .key(key)
                                .uploadId(upload)
                                .partNumber(number)
                                .contentLength(length),
                        RequestBody.fromContentProvider(content, length, PARQUET))
                .eTag();
        return CompletedPart.builder().partNumber(number).eTag(tag).build();
    }

    private static InputStream section(Path file, long start, long length) {
        try {
            SeekableByteChannel channel = Files.newByteChannel(file);
            channel.position(start);
            return new Section(Channels.newInputStream(channel), length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Parts of an upload that is not completed cost money and are not seen in listings. */
    private void abort(String key, String upload) {
        try {
            s3.abortMultipartUpload(request -> request.bucket(bucket).key(key).uploadId(upload));
        } catch (SdkException e) {
            LOG.warn(
                    "the parts of a failed upload could not be removed; a lifecycle rule of the bucket can"
                            + " (bucket={}, key={}, upload={}, error={})",
                    bucket,
                    key,
                    upload,
                    e.getMessage());
        }
    }

    @Override
    public List<String> list(String prefix) {
        return ask(
                "listing '" + prefix + "'",
                () -> s3
                        .listObjectsV2Paginator(
                                request -> request.bucket(bucket).prefix(prefix))
                        .contents()
                        .stream()
                        .map(S3Object::key)
                        .sorted()
                        .toList());
    }

    @Override
    public void delete(List<String> keys) {
        for (int start = 0; start < keys.size(); start += KEYS_PER_DELETE) {
            List<String> some = keys.subList(start, Math.min(keys.size(), start + KEYS_PER_DELETE));
            DeleteObjectsResponse response = ask("deleting '" + some.get(0) + "' and others", () -> {
                List<ObjectIdentifier> objects = some.stream()
                        .map(key -> ObjectIdentifier.builder().key(key).build())
                        .toList();
                return s3.deleteObjects(request -> request.bucket(bucket)
                        .delete(delete -> delete.objects(objects).quiet(true)));
            });
            if (!response.errors().isEmpty()) {
                S3Error error = response.errors().get(0);
                throw new RetriableException("S3 bucket '" + bucket + "': deleting '" + error.key() + "' failed: "
                        + error.code() + " " + error.message());
            }
        }
    }

    @Override
    public void close() {
        s3.close();
    }

    private <T> T ask(String action, Supplier<T> request) {
        try {
            return request.get();
        } catch (AwsServiceException e) {
            String message = message(action, "HTTP status " + e.statusCode() + ", " + reason(e));
            throw mayRecover(e) ? new RetriableException(message, e) : new ConnectException(message, e);
        } catch (SdkClientException e) {
            // no answer: the network, a time-out, credentials that could not be fetched
            throw new RetriableException(message(action, String.valueOf(e.getMessage())), e);
        } catch (UncheckedIOException e) {
            throw new ConnectException(message(action, String.valueOf(e.getCause())), e);
        }
    }

    private String message(String action, String reason) {
        return "S3 bucket '" + bucket + "': " + action + " failed: " + reason;
    }

    static String reason(AwsServiceException e) {
        return e.awsErrorDetails() == null || e.awsErrorDetails().errorCode() == null
                ? String.valueOf(e.getMessage())
                : e.awsErrorDetails().errorCode();
    }

    private static boolean mayRecover(AwsServiceException e) {
        return e.statusCode() >= 500
                || e.statusCode() == 429
                || e.statusCode() == 408
                || e.isThrottlingException()
                || e.isClockSkewException();
    }

    /** So many bytes of a stream. */
    private static final class Section extends FilterInputStream {
        private long left;

        Section(InputStream in, long length) {
            super(in);
            this.left = length;
        }

        @Override
        public int read() throws IOException {
            if (left <= 0) {
                return -1;
            }
            int value = super.read();
            left -= value < 0 ? 0 : 1;
            return value;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left <= 0) {
                return -1;
            }
            int count = super.read(bytes, offset, (int) Math.min(length, left));
            left -= Math.max(count, 0);
            return count;
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
