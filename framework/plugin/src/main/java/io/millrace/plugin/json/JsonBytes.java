package io.millrace.plugin.json;

import java.util.Arrays;

/** JSON as UTF-8 in a growing array, in the spelling of Jackson's generator. Used by one thread at a time. */
final class JsonBytes {
    private static final int FIRST_CAPACITY = 1024;
    private static final int KEPT_CAPACITY = 1 << 20;
    private static final int MAX_DEPTH = 500;
    private static final int LONGEST_LONG = 20;
    private static final int BYTES_OF_ESCAPE = 6;
    private static final byte[] HEX = ascii("0123456789ABCDEF");
    private static final byte[] LONG_MIN = ascii(Long.toString(Long.MIN_VALUE));

    /** By ASCII character: 0 where it stands for itself, 1 where it is written in hexadecimal, else what follows the backslash. */
    private static final byte[] ESCAPES = escapes();

    private byte[] bytes = new byte[FIRST_CAPACITY];
    private int size;
    private int depth;

    private static byte[] escapes() {
        byte[] escapes = new byte[128];
        Arrays.fill(escapes, 0, ' ', (byte) 1);
        escapes['"'] = '"';
        escapes['\\'] = '\\';
        escapes['\b'] = 'b';
        escapes['\t'] = 't';
        escapes['\n'] = 'n';
        escapes['\f'] = 'f';
        escapes['\r'] = 'r';
        return escapes;
    }

    private static byte[] ascii(String text) {
        byte[] bytes = new byte[text.length()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) text.charAt(i);
        }
        return bytes;
    }

    void clear() {
        size = 0;
        depth = 0;
    }

    /** Whether it has not grown so much by one large record that it had better not be kept for the next. */
    boolean worthKeeping() {
        return bytes.length <= KEPT_CAPACITY;
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    /** Goes one level down; Jackson has a limit, and a value that contains itself has no end. */
    void enter() {
        depth++;
        if (depth > MAX_DEPTH) {
            throw NotCovered.here();
        }
    }

    void leave() {
        depth--;
    }

    void one(char ascii) {
        require(1);
        bytes[size++] = (byte) ascii;
    }

    void raw(byte[] encoded) {
        require(encoded.length);
        System.arraycopy(encoded, 0, bytes, size, encoded.length);
        size += encoded.length;
    }

    /** @param text of ASCII only, written without quotes */
    void raw(String text) {
        int length = text.length();
        require(length);
        for (int i = 0; i < length; i++) {
            bytes[size++] = (byte) text.charAt(i);
        }
    }

    void number(long value) {
        require(LONGEST_LONG);
        long rest = value;
        if (rest < 0) {
            if (rest == Long.MIN_VALUE) {
                raw(LONG_MIN);
                return;
            }
            bytes[size++] = '-';
            rest = -rest;
        }
        int end = size + digits(rest);
        size = end;
        do {
            long next = rest / 10;
            bytes[--end] = (byte) ('0' + (rest - next * 10));
            rest = next;
        } while (rest != 0);
    }

    private static int digits(long value) {
        int digits = 1;
        for (long limit = 10; digits < 19 && value >= limit; limit *= 10) {
            digits++;
        }
        return digits;
    }

    /** Text in quotes. */
    void string(String text) {
        int length = text.length();
        require(length + 2);
        byte[] target = bytes;
        int at = size;
        target[at++] = '"';
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80 || ESCAPES[c] != 0) {
                size = at;
                restOfString(text, i);
                return;
            }
            target[at++] = (byte) c;
        }
        target[at++] = '"';
        size = at;
    }

    private void restOfString(String text, int from) {
        int length = text.length();
        require(Math.addExact(Math.multiplyExact(length - from, BYTES_OF_ESCAPE), 1));
        for (int i = from; i < length; i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                ascii(c);
            } else if (c < 0x800) {
                bytes[size++] = (byte) (0xC0 | c >> 6);
                bytes[size++] = (byte) (0x80 | c & 0x3F);
            } else if (Character.isSurrogate(c)) {
                // Jackson writes the halves of a pair one by one, and does not ask whether they are a pair.
                hexadecimal(c);
            } else {
                bytes[size++] = (byte) (0xE0 | c >> 12);
                bytes[size++] = (byte) (0x80 | c >> 6 & 0x3F);
                bytes[size++] = (byte) (0x80 | c & 0x3F);
            }
        }
        bytes[size++] = '"';
    }

    private void ascii(char c) {
        byte escape = ESCAPES[c];
        if (escape == 0) {
            bytes[size++] = (byte) c;
        } else if (escape == 1) {
            hexadecimal(c);
        } else {
            bytes[size++] = '\\';
            bytes[size++] = escape;
        }
    }

    private void hexadecimal(char c) {
        bytes[size++] = '\\';
        bytes[size++] = 'u';
        bytes[size++] = HEX[c >> 12];
        bytes[size++] = HEX[c >> 8 & 0xF];
        bytes[size++] = HEX[c >> 4 & 0xF];
        bytes[size++] = HEX[c & 0xF];
    }

    private void require(int more) {
        int needed = Math.addExact(size, more);
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(
                    bytes, Math.max(needed, bytes.length > Integer.MAX_VALUE / 2 ? needed : bytes.length * 2));
        }
    }
}
