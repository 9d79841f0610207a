package io.millrace.connectors.logs.tail;

/**
 * What becomes a record.
 *
 * @param key the path under which the file was first seen
 * @param path the path under which the file was seen last
 * @param fileId device, inode and fingerprint of the first line
 * @param offset of its first byte in the file, uncompressed
 * @param bytes without the end of the last line
 * @param part of a line that was split, from 1; 0 for whole lines
 * @param last whether the line ends here
 * @param cut bytes of the line that were left out
 */
public record LogEvent(
        String key, String path, String fileId, long offset, byte[] bytes, int part, boolean last, long cut) {}
