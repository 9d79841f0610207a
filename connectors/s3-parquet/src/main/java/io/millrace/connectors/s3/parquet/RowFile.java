package io.millrace.connectors.s3.parquet;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.RecordConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Parquet file on the local disk while rows are written to it. */
public final class RowFile {
    private static final Logger LOG = LoggerFactory.getLogger(RowFile.class);

    /** What one open file holds in memory at most, before columns go to the disk. */
    public static final long ROW_GROUP_BYTES = 16L << 20;

    /** Asking a writer for its size walks over all its columns; once in so many rows is enough. */
    private static final int ROWS_BETWEEN_SIZES = 16;

    private final Path path;
    private final ParquetWriter<Row> writer;
    private long rows;
    private long bytes;

    private RowFile(Path path, ParquetWriter<Row> writer) {
        this.path = path;
        this.writer = writer;
    }

    /** @param path of a file that is not there yet */
    public static RowFile create(Path path, Layout layout, Compression compression) throws IOException {
        ParquetWriter<Row> writer = new Builder(new LocalOutputFile(path), layout)
                .withConf(new PlainParquetConfiguration())
                .withCodecFactory(new PageCompressors())
                .withCompressionCodec(compression.codec())
                .withRowGroupSize(ROW_GROUP_BYTES)
                // the first look at the memory comes after so many rows: large rows must not pile up before
                .withMinRowCountForPageSizeCheck(10)
                .build();
        return new RowFile(path, writer);
    }

    public void write(Row row) throws IOException {
        writer.write(row);
        rows++;
        if (rows % ROWS_BETWEEN_SIZES == 1) {
            bytes = writer.getDataSize();
        }
    }

    public Path path() {
        return path;
    }

    public long rows() {
        return rows;
    }

    /** The estimated size of the file, bytes; what is still in memory counts uncompressed. */
    public long bytes() {
        return bytes;
    }

    /** The estimated share of it that is in memory, bytes. */
    public long buffered() {
        return Math.min(bytes, ROW_GROUP_BYTES);
    }

    /** Writes what is buffered and the footer; the file is whole then. */
    public void finish() throws IOException {
        writer.close();
    }

    /** Closes the file without caring for its content, which is to be removed. */
    public void abandon() {
        try {
            writer.close();
        } catch (IOException e) {
            LOG.debug("closing an abandoned file failed (file={})", path, e);
        }
    }

    private static final class Builder extends ParquetWriter.Builder<Row, Builder> {
        private final Layout layout;

        Builder(OutputFile file, Layout layout) {
            super(file);
            this.layout = layout;
        }

        @Override
        protected Builder self() {
            return this;
        }

        @Override
        protected WriteSupport<Row> getWriteSupport(ParquetConfiguration conf) {
            return new Rows(layout);
        }

        @Override
        protected WriteSupport<Row> getWriteSupport(Configuration conf) {
            return new Rows(layout);
        }
    }

    private static final class Rows extends WriteSupport<Row> {
        private final Layout layout;
        private RecordConsumer out;

        @SuppressWarnings("NullAway.Init") // Parquet calls prepareForWrite before the first row
        Rows(Layout layout) {
            this.layout = layout;
        }

        @Override
        public WriteContext init(ParquetConfiguration conf) {
            return new WriteContext(layout.columns(), Map.of());
        }

        @Override
        public WriteContext init(Configuration conf) {
            return new WriteContext(layout.columns(), Map.of());
        }

        @Override
        public void prepareForWrite(RecordConsumer consumer) {
            this.out = consumer;
        }

        @Override
        public void write(Row row) {
            row.write(out);
        }
    }
}
