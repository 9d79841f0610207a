package probeplugin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** A source whose version is what a file beside it says: the same class in several plugin folders. */
public final class VersionedSourceConnector extends TracedSource {
    @Override
    protected String versionText() {
        try (InputStream in = VersionedSourceConnector.class.getResourceAsStream("/probe-version.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
