package io.millrace.connectors.logs.tail;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * What is stored about a file.
 *
 * @param order among the files of its log, older first
 * @param offset of the first byte that is in no record yet, in uncompressed bytes
 * @param head fingerprint of its first line; empty before a record
 * @param part of a long line that was split: how many parts are in records already
 * @param from where {@code hash} begins: where the file was begun to be read
 * @param hash of the content from {@code from} to {@code offset}
 * @param fingerprint of the first {@link #headerLength()} bytes
 * @param checkpoints earlier places, oldest first
 * @param ended whether all of it is known to be read, or told as lost
 * @param key the path under which it was first seen
 * @param path the path under which it was last seen
 */
record FileState(
        long order,
        long offset,
        String head,
        int part,
        long from,
        long hash,
        long fingerprint,
        List<Checkpoint> checkpoints,
        boolean ended,
        String key,
        String path) {
    /** How many bytes at a file's beginning tell it from others. */
    static final int HEADER = 1024;

    private static final String VERSION = "1";
    private static final int FIELDS = 12;

    FileState {
        checkpoints = List.copyOf(checkpoints);
    }

    int headerLength() {
        return (int) Math.min(HEADER, offset);
    }

    FileState withKey(String other) {
        return new FileState(order, offset, head, part, from, hash, fingerprint, checkpoints, ended, other, path);
    }

    FileState asEnded() {
        return new FileState(order, offset, head, part, from, hash, fingerprint, List.of(), true, key, path);
    }

    String text() {
        StringJoiner places = new StringJoiner(",");
        checkpoints.forEach(place -> places.add(place.offset() + "/" + ContentHash.text(place.hash())));
        return String.join(
                "|",
                VERSION,
                Long.toString(order),
                Long.toString(offset),
                head,
                Integer.toString(part),
                Long.toString(from),
                ContentHash.text(hash),
                ContentHash.text(fingerprint),
                places.toString(),
                ended ? "ended" : "",
                escaped(key),
                key.equals(path) ? "" : escaped(path));
    }

    /** @throws IllegalArgumentException when the text is not of {@link #text()} */
    static FileState parse(String text) {
        String[] fields = text.split("\\|", -1);
        if (fields.length != FIELDS || !fields[0].equals(VERSION)) {
            throw new IllegalArgumentException("'" + text + "' is not the state of a file");
        }
        List<Checkpoint> places = new ArrayList<>();
        for (String place : fields[8].isEmpty() ? new String[0] : fields[8].split(",")) {
            int slash = place.indexOf('/');
            places.add(new Checkpoint(Long.parseLong(place.substring(0, slash)), hash(place.substring(slash + 1))));
        }
        String key = unescaped(fields[10]);
        return new FileState(
                Long.parseLong(fields[1]),
                Long.parseLong(fields[2]),
                fields[3],
                Integer.parseInt(fields[4]),
                Long.parseLong(fields[5]),
                hash(fields[6]),
                hash(fields[7]),
                places,
                fields[9].equals("ended"),
                key,
                fields[11].isEmpty() ? key : unescaped(fields[11]));
    }

    private static long hash(String text) {
        return Long.parseUnsignedLong(text, 16);
    }

    private static String escaped(String path) {
        return path.replace("%", "%25").replace("|", "%7c");
    }

    private static String unescaped(String path) {
        return path.replace("%7c", "|").replace("%25", "%");
    }
}
