package io.millrace.connectors.iothttp;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigException;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server's TLS, from PEM files that may change while it runs; bad new files leave it as it was. One thread refreshes. */
final class TlsContext {
    private static final Logger LOG = LoggerFactory.getLogger(TlsContext.class);

    private final IotHttpSourceConfig.Tls files;
    private final SslContextFactory.Server factory;
    private List<FileStamp> stamps;

    private TlsContext(IotHttpSourceConfig.Tls files, SslContextFactory.Server factory, List<FileStamp> stamps) {
        this.files = files;
        this.factory = factory;
        this.stamps = stamps;
    }

    /** @throws ConfigException when a file is not as it must be */
    static TlsContext of(IotHttpSourceConfig.Tls files) {
        List<FileStamp> stamps = stamps(files);
        SslContextFactory.Server factory = new SslContextFactory.Server();
        factory.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        factory.setSniRequired(false);
        try {
            load(files, factory);
        } catch (BadFileException e) {
            throw new ConfigException("http.tls: " + e.getMessage());
        }
        return new TlsContext(files, factory, stamps);
    }

    SslContextFactory.Server factory() {
        return factory;
    }

    /** Reads the files again, if one changed. */
    void refresh() {
        List<FileStamp> now = stamps(files);
        if (now.equals(stamps)) {
            return;
        }
        stamps = now;
        try {
            // Both are looked at before anything is changed.
            PemFiles.server(files.certificate(), files.privateKey());
            factory.reload(changed -> {
                try {
                    load(files, factory);
                } catch (BadFileException e) {
                    throw new IllegalStateException(e.getMessage(), e);
                }
            });
            LOG.info("the certificate is read again (file={})", files.certificate());
        } catch (Exception e) {
            LOG.warn(
                    "the certificate cannot be read again; the one known so far stays (file={}, error={})",
                    files.certificate(),
                    e.getMessage());
        }
    }

    private static void load(IotHttpSourceConfig.Tls files, SslContextFactory.Server factory) throws BadFileException {
        factory.setKeyStore(PemFiles.server(files.certificate(), files.privateKey()));
        factory.setKeyStorePassword("");
        if (files.clientCa().isPresent()) {
            factory.setTrustStore(PemFiles.trusted(files.clientCa().get()));
            factory.setNeedClientAuth(true);
        }
    }

    private static List<FileStamp> stamps(IotHttpSourceConfig.Tls files) {
        return Stream.of(Optional.of(files.certificate()), Optional.of(files.privateKey()), files.clientCa())
                .flatMap(Optional::stream)
                .map(FileStamp::of)
                .toList();
    }
}
