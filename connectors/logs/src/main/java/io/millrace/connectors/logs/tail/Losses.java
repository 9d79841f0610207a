package io.millrace.connectors.logs.tail;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells what is lost, and what was lost for sure not: each end of a file that is not its end. */
final class Losses {
    private static final Logger LOG = LoggerFactory.getLogger(Losses.class);

    private Losses() {}

    /** A file was cut, no copy of it was found, and what was read of it is in events. */
    static void cutWithoutCopy(Tail tail) {
        if (tail.unread() > 0) {
            LOG.warn(
                    "a log file was cut before all of it was read, and no copy of it was found; at least these bytes are lost"
                            + " (file={}, offset={}, bytesLost={})",
                    tail.path(),
                    tail.offset(),
                    tail.unread());
        } else if (tail.brokeLine()) {
            LOG.warn(
                    "a log file was cut when its last line had no end yet, and no copy of it was found; the record"
                            + " has what was read of the line, the rest is lost (file={}, offset={})",
                    tail.path(),
                    tail.offset());
        } else {
            LOG.info("a log file was cut after all of it was read (file={}, offset={})", tail.path(), tail.offset());
        }
    }

    /** The reading goes on in the copy of a file that was cut. */
    static void cutWithCopy(Tail tail, FoundFile copy, long reach, boolean compressed) {
        long lost = compressed ? 0 : tail.seenSize() - Math.max(reach, copy.size());
        if (lost > 0) {
            LOG.warn(
                    "a log file grew between being copied and being cut; these bytes are lost"
                            + " (file={}, offset={}, copy={}, bytesLost={})",
                    tail.path(),
                    tail.offset(),
                    copy.path(),
                    lost);
        }
    }

    static void removedUnread(Tail tail) {
        LOG.warn(
                "a log file was removed before all of it could be read (file={}, offset={}, bytesLost={})",
                tail.path(),
                tail.offset(),
                tail.unread());
    }

    static void notFoundAgain(FileState state) {
        LOG.warn(
                "a log file was removed or cut while it was not read, and no copy of it was found;"
                        + " what followed its offset, if anything, is lost (file={}, offset={})",
                state.path(),
                state.offset());
    }
}
