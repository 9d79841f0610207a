package io.millrace.connectors.s3;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;

/**
 * The name of the objects of one cut: {@code <topic>+<partition>+<first>-<last>[-n].parquet}, offsets with 20 digits, so that names sort
 * by offset. A topic's name has no {@code +}, so a name is read without doubt.
 *
 * @param partition whose records
 * @param first the cut's first offset
 * @param last the cut's last offset; the same for all objects of the cut
 */
record CutName(TopicPartition partition, long first, long last) {
    private static final Pattern NAME =
            Pattern.compile("([a-zA-Z0-9._-]+)\\+([0-9]{1,9})\\+([0-9]{20})-([0-9]{20})(?:-[0-9]+)?\\.parquet");

    /** @param number 0 for the first of the objects that the cut has in this folder, then 1, 2... */
    String key(String folder, int number) {
        return String.format(
                Locale.ROOT,
                "%s/%s+%d+%020d-%020d%s.parquet",
                folder,
                partition.topic(),
                partition.partition(),
                first,
                last,
                number == 0 ? "" : "-" + number);
    }

    /** Empty when the object is not one of ours. */
    static Optional<CutName> parse(String key) {
        Matcher name = NAME.matcher(key.substring(key.lastIndexOf('/') + 1));
        if (!name.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new CutName(
                    new TopicPartition(name.group(1), Integer.parseInt(name.group(2))),
                    Long.parseLong(name.group(3)),
                    Long.parseLong(name.group(4))));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
