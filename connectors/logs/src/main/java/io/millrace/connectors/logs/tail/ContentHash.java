package io.millrace.connectors.logs.tail;

/** FNV-1a of 64 bits: not against forgery, but its state is one number, so that it can be stored and carried on. */
final class ContentHash {
    static final long START = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    private ContentHash() {}

    static long of(byte[] bytes, int from, int to) {
        return update(START, bytes, from, to);
    }

    /** @param to exclusive */
    static long update(long hash, byte[] bytes, int from, int to) {
        long result = hash;
        for (int i = from; i < to; i++) {
            result = (result ^ (bytes[i] & 0xff)) * PRIME;
        }
        return result;
    }

    static String text(long hash) {
        return Long.toHexString(hash);
    }
}
