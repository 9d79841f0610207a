package io.millrace.connectors.s3;

import io.millrace.connectors.common.Quantity;
import io.millrace.connectors.common.Setting;
import io.millrace.connectors.common.StreamRef;
import io.millrace.connectors.s3.parquet.Compression;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;

/**
 * A checked configuration.
 *
 * @param connector the connector's name
 * @param pipeline the pipeline's name; may be empty
 * @param location where the bucket is
 * @param path the folder of a record
 * @param eventTime the field whose time the path's dates are
 * @param rollBytes when to cut, by estimated size
 * @param rollEvery when to cut, by the wall clock
 * @param rollRecords when to cut, by records
 * @param tempDir the folder for the tasks' temporary folders
 * @param maxOpenFiles of a task
 * @param maxMemory bytes, of a task
 * @param streams what topics are
 */
record S3ParquetSinkConfig(
        String connector,
        String pipeline,
        Location location,
        PathTemplate path,
        Optional<String> eventTime,
        long rollBytes,
        Duration rollEvery,
        long rollRecords,
        Compression compression,
        Path tempDir,
        long maxOpenFiles,
        long maxMemory,
        Map<String, StreamRef> streams) {

    /**
     * Where a bucket is and who asks; what is empty is left to the AWS SDK.
     *
     * @param bucket its name
     */
    record Location(
            String bucket,
            Optional<String> region,
            Optional<String> endpoint,
            Optional<String> accessKeyId,
            Optional<Password> secretAccessKey,
            Optional<Boolean> pathStyle) {}

    /** @throws ConfigException when a setting is wrong; names it, its text and what to write */
    static S3ParquetSinkConfig of(Map<String, String> properties) {
        AbstractConfig config = new AbstractConfig(Settings.config(), properties, false);
        Location location = new Location(
                Settings.bucketName(config.getString(Settings.BUCKET.key())),
                text(config, Settings.REGION),
                text(config, Settings.ENDPOINT),
                text(config, Settings.ACCESS_KEY_ID),
                Optional.ofNullable(config.getPassword(Settings.SECRET_ACCESS_KEY.key())),
                Optional.ofNullable(config.getBoolean(Settings.PATH_STYLE.key())));
        if (location.accessKeyId().isPresent() != location.secretAccessKey().isPresent()) {
            throw new ConfigException("Only one of '" + Settings.ACCESS_KEY_ID.key() + "' and '"
                    + Settings.SECRET_ACCESS_KEY.key() + "' is set. Set both, or none to use the AWS SDK's own chain.");
        }
        Long records = config.getLong(Settings.ROLL_RECORDS.key());
        return new S3ParquetSinkConfig(
                properties.getOrDefault("name", "s3-parquet"),
                config.getString(Settings.PIPELINE.key()),
                location,
                PathTemplate.of(config.getString(Settings.PATH.key())),
                text(config, Settings.EVENT_TIME),
                bytes(config, Settings.ROLL_SIZE),
                Quantity.duration(config.getString(Settings.ROLL_EVERY.key())).orElseThrow(),
                records == null ? Long.MAX_VALUE : records,
                Compression.valueOf(config.getString(Settings.COMPRESSION.key()).toUpperCase(Locale.ROOT)),
                text(config, Settings.TEMP_DIR)
                        .map(Path::of)
                        .orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir"), "millrace-s3-parquet")),
                config.getLong(Settings.MAX_OPEN_FILES.key()),
                bytes(config, Settings.MAX_MEMORY),
                StreamRef.parse(config.getList(Settings.STREAMS.key())));
    }

    StreamRef stream(String topic) {
        return streams.getOrDefault(topic, StreamRef.undescribed(topic));
    }

    private static Optional<String> text(AbstractConfig config, Setting setting) {
        return Optional.ofNullable(config.getString(setting.key()));
    }

    private static long bytes(AbstractConfig config, Setting setting) {
        return Quantity.bytes(config.getString(setting.key())).orElseThrow();
    }
}
