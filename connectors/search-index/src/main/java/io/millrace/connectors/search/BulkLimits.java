package io.millrace.connectors.search;

import java.util.List;

/** How large a bulk may be now: what is configured, less while the server shows that it is too much. */
final class BulkLimits {
    private static final long FEWEST_BYTES = 16L << 10;

    private final long mostBytes;
    private final int mostRecords;
    private long bytes;
    private int records;

    BulkLimits(long mostBytes, int mostRecords) {
        this.mostBytes = mostBytes;
        this.mostRecords = mostRecords;
        this.bytes = mostBytes;
        this.records = mostRecords;
    }

    /** How many of these, from the first on, make the next bulk; at least one. */
    int count(List<Operation> operations) {
        long size = 0;
        int count = 0;
        for (Operation operation : operations) {
            size += operation.size();
            if (count > 0 && (size > bytes || count >= records)) {
                break;
            }
            count++;
        }
        return count;
    }

    /** The server is overloaded. */
    void halve() {
        bytes = Math.max(FEWEST_BYTES, bytes / 2);
        records = Math.max(1, records / 2);
    }

    /** The server took a whole bulk. */
    void grow() {
        bytes = Math.min(mostBytes, bytes + Math.max(1, bytes / 4));
        records = Math.min(mostRecords, records + Math.max(1, records / 4));
    }

    int records() {
        return records;
    }
}
