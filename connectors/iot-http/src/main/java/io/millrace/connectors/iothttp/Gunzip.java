package io.millrace.connectors.iothttp;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.function.LongPredicate;
import java.util.zip.GZIPInputStream;

/** Undoes gzip, never further than it may. */
final class Gunzip {
    private static final int STEP = 16 * 1024;

    private final int most;

    /** @param most bytes */
    Gunzip(int most) {
        this.most = most;
    }

    /**
     * @param room asked before each step whether so many bytes more may be held
     * @param noRoom what to say when they may not
     */
    byte[] inflate(byte[] body, LongPredicate room, Refusal noRoom) throws Refusal.RefusedException {
        ByteArrayOutputStream inflated = new ByteArrayOutputStream();
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(body), STEP)) {
            byte[] step = new byte[STEP];
            for (int count = gzip.read(step); count >= 0; count = gzip.read(step)) {
                if (inflated.size() + count > most) {
                    throw Refusal.of(
                                    413,
                                    "inflated-too-large",
                                    "The body holds more than " + most
                                            + " bytes when gzip is undone. Send it in several requests.")
                            .asException();
                }
                if (!room.test(count)) {
                    throw noRoom.asException();
                }
                inflated.write(step, 0, count);
            }
        } catch (IOException e) {
            throw Refusal.of(400, "malformed-gzip", "The body is not gzip, though its Content-Encoding says so.")
                    .asException();
        }
        return inflated.toByteArray();
    }
}
