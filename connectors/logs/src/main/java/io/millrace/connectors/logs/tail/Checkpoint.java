package io.millrace.connectors.logs.tail;

/**
 * A place in a file and the hash of the content before it.
 *
 * @param offset uncompressed bytes
 * @param hash {@link ContentHash} of the bytes from the state's {@code from} to {@code offset}
 */
record Checkpoint(long offset, long hash) {}
