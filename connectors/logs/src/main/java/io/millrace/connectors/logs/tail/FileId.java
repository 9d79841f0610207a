package io.millrace.connectors.logs.tail;

/**
 * Which file it is, whatever it is called: device and inode. An inode is used again after its file is gone, so a file is only known as the
 * same when its content agrees too.
 */
record FileId(long device, long inode) {

    /** @throws IllegalArgumentException when the text is not of {@link #toString()} */
    static FileId parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("'" + text + "' is not of the form 'device:inode'");
        }
        return new FileId(Long.parseLong(text.substring(0, colon)), Long.parseLong(text.substring(colon + 1)));
    }

    @Override
    public String toString() {
        return device + ":" + inode;
    }
}
