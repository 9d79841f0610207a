package io.millrace.connectors.s3.parquet;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPOutputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.xerial.snappy.Snappy;

/**
 * Compresses pages with zstd-jni, snappy-java and the JDK; Parquet's own factory needs Hadoop for the same. Writes only: it offers no
 * decompressor.
 */
final class PageCompressors implements CompressionCodecFactory {

    /** The level that zstd itself defaults to; Parquet's own default as well. */
    private static final int ZSTD_LEVEL = 3;

    @FunctionalInterface
    private interface Squeeze {
        byte[] apply(byte[] plain) throws IOException;
    }

    private record Compressor(CompressionCodecName name, Squeeze squeeze) implements BytesInputCompressor {
        @Override
        public BytesInput compress(BytesInput bytes) throws IOException {
            return BytesInput.from(squeeze.apply(bytes.toByteArray()));
        }

        @Override
        public CompressionCodecName getCodecName() {
            return name;
        }

        @Override
        public void release() {}
    }

    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName codec) {
        return switch (codec) {
            case UNCOMPRESSED -> new Compressor(codec, plain -> plain);
            case ZSTD -> new Compressor(codec, plain -> Zstd.compress(plain, ZSTD_LEVEL));
            case SNAPPY -> new Compressor(codec, Snappy::compress);
            case GZIP -> new Compressor(codec, PageCompressors::gzip);
            default -> throw new IllegalArgumentException("No compressor for '" + codec + "'.");
        };
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
        throw new UnsupportedOperationException("Files are only written here.");
    }

    @Override
    public void release() {}

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length / 2 + 64);
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        }
        return out.toByteArray();
    }
}
