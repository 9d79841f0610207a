package io.millrace.layers.record;

import static io.millrace.layers.record.AggregateSerdes.readBytes;
import static io.millrace.layers.record.AggregateSerdes.writeBytes;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.utils.Bytes;

/** Events on their way to a window, windows and marks, in stores and internal topics. */
public final class WindowSerdes {
    private WindowSerdes() {}

    /**
     * @param rows how the rows of events are written
     */
    public static Serde<TimedEvent> event(Serde<Row> rows) {
        return AggregateSerdes.serde((out, event) -> write(out, event, rows), in -> readEvent(in, rows));
    }

    public static Serde<WindowState> window() {
        return AggregateSerdes.serde(WindowSerdes::write, WindowSerdes::readWindow);
    }

    public static Serde<KeyMarks> marks() {
        return AggregateSerdes.serde(WindowSerdes::write, WindowSerdes::readMarks);
    }

    private static void write(DataOutputStream out, TimedEvent event, Serde<Row> rows) throws IOException {
        AggregateSerdes.write(out, event.contribution());
        out.writeLong(event.time());
        Bytes key = event.key();
        out.writeBoolean(key != null);
        if (key != null) {
            writeBytes(out, key.get());
        }
        writeBytes(out, rows.serializer().serialize("", event.row()));
    }

    private static TimedEvent readEvent(DataInputStream in, Serde<Row> rows) throws IOException {
        return new TimedEvent(
                AggregateSerdes.readContribution(in),
                in.readLong(),
                in.readBoolean() ? Bytes.wrap(readBytes(in)) : null,
                rows.deserializer().deserialize("", readBytes(in)));
    }

    private static void write(DataOutputStream out, WindowState window) throws IOException {
        out.writeLong(window.start());
        out.writeLong(window.end());
        AggregateSerdes.write(out, window.totals());
        out.writeLong(window.arrival());
        out.writeLong(window.touched());
        out.writeBoolean(window.written());
        out.writeBoolean(window.dirty());
    }

    private static WindowState readWindow(DataInputStream in) throws IOException {
        return new WindowState(
                in.readLong(),
                in.readLong(),
                AggregateSerdes.readTotals(in),
                in.readLong(),
                in.readLong(),
                in.readBoolean(),
                in.readBoolean());
    }

    private static void write(DataOutputStream out, KeyMarks marks) throws IOException {
        out.writeLong(marks.floor());
        out.writeLong(marks.newest());
        out.writeLong(marks.oldestClose());
        out.writeLong(marks.touched());
        out.writeInt(marks.marks().size());
        for (Map.Entry<String, Long> mark : marks.marks().entrySet()) {
            out.writeUTF(mark.getKey());
            out.writeLong(mark.getValue());
        }
    }

    private static KeyMarks readMarks(DataInputStream in) throws IOException {
        long floor = in.readLong();
        long newest = in.readLong();
        long oldestClose = in.readLong();
        long touched = in.readLong();
        int size = in.readInt();
        TreeMap<String, Long> marks = new TreeMap<>();
        for (int i = 0; i < size; i++) {
            marks.put(in.readUTF(), in.readLong());
        }
        return new KeyMarks(floor, newest, oldestClose, touched, marks);
    }
}
