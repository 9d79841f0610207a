package io.millrace.connectors.s3;

import java.nio.file.Path;

/** A file of a cut vanished from the disk before it was uploaded: the cut's records are to be read again. */
final class CutLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CutLostException(Path file) {
        super("The temporary file '" + file + "' has vanished.");
    }
}
