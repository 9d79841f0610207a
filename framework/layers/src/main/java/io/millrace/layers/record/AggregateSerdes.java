package io.millrace.layers.record;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/** Contributions and totals in stores and internal topics: a format byte, then their parts in order. */
public final class AggregateSerdes {
    private static final int FORMAT = 2;

    interface Write<T> {
        void to(DataOutputStream out, T value) throws IOException;
    }

    interface Read<T> {
        T from(DataInputStream in) throws IOException;
    }

    private AggregateSerdes() {}

    public static Serde<Contribution> contribution() {
        return serde(AggregateSerdes::write, AggregateSerdes::readContribution);
    }

    public static Serde<Totals> totals() {
        return serde(AggregateSerdes::write, AggregateSerdes::readTotals);
    }

    public static Serde<GroupChange> change() {
        return serde(
                (out, change) -> {
                    writeOptional(out, change.minus());
                    writeOptional(out, change.plus());
                },
                in -> new GroupChange(readOptional(in), readOptional(in)));
    }

    public static Serde<ValueCount> valueCount() {
        return serde(
                (out, counted) -> {
                    out.writeByte(counted.value().form().ordinal());
                    write(out, counted.value());
                    out.writeLong(counted.rows());
                },
                in -> new ValueCount(readArgument(in.readByte(), in), in.readLong()));
    }

    private static void writeOptional(DataOutputStream out, @Nullable Contribution contribution) throws IOException {
        out.writeBoolean(contribution != null);
        if (contribution != null) {
            write(out, contribution);
        }
    }

    private static @Nullable Contribution readOptional(DataInputStream in) throws IOException {
        return in.readBoolean() ? readContribution(in) : null;
    }

    static void write(DataOutputStream out, Contribution contribution) throws IOException {
        writeBytes(out, contribution.group().get());
        writeBytes(out, contribution.groupRow());
        out.writeInt(contribution.arguments().size());
        for (Contribution.Argument argument : contribution.arguments()) {
            out.writeByte(argument == null ? -1 : argument.form().ordinal());
            if (argument != null) {
                write(out, argument);
            }
        }
    }

    static Contribution readContribution(DataInputStream in) throws IOException {
        Bytes group = Bytes.wrap(readBytes(in));
        byte[] groupRow = readBytes(in);
        int size = in.readInt();
        List<Contribution.@Nullable Argument> arguments = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            byte form = in.readByte();
            arguments.add(form < 0 ? null : readArgument(form, in));
        }
        return new Contribution(group, groupRow, arguments);
    }

    static void write(DataOutputStream out, Totals totals) throws IOException {
        writeBytes(out, totals.groupRow());
        out.writeLong(totals.rows());
        out.writeInt(totals.sums().size());
        for (Totals.Sum sum : totals.sums()) {
            out.writeLong(sum.count());
            writeDecimal(out, sum.value());
            out.writeInt(sum.scales().size());
            for (Map.Entry<Integer, Long> scale : sum.scales().entrySet()) {
                out.writeInt(scale.getKey());
                out.writeLong(scale.getValue());
            }
            out.writeInt(sum.picks().size());
            for (Totals.Pick pick : sum.picks()) {
                write(out, pick);
            }
        }
    }

    private static void write(DataOutputStream out, Totals.Pick pick) throws IOException {
        out.writeByte(pick.value().form().ordinal());
        write(out, pick.value());
        Moment moment = pick.moment();
        out.writeBoolean(!moment.equals(Moment.NONE));
        if (!moment.equals(Moment.NONE)) {
            out.writeLong(moment.time());
            out.writeUTF(moment.partition());
            out.writeLong(moment.offset());
        }
    }

    private static Totals.Pick readPick(DataInputStream in) throws IOException {
        Contribution.Argument value = readArgument(in.readByte(), in);
        return new Totals.Pick(
                value, in.readBoolean() ? new Moment(in.readLong(), in.readUTF(), in.readLong()) : Moment.NONE);
    }

    /** All but its form. */
    private static void write(DataOutputStream out, Contribution.Argument argument) throws IOException {
        if (argument.form() == Contribution.Form.TEXT) {
            writeBytes(out, argument.text().getBytes(StandardCharsets.UTF_8));
        } else {
            writeDecimal(out, argument.value());
        }
    }

    private static Contribution.Argument readArgument(byte form, DataInputStream in) throws IOException {
        Contribution.Form read = Contribution.Form.values()[form];
        return read == Contribution.Form.TEXT
                ? Contribution.Argument.text(new String(readBytes(in), StandardCharsets.UTF_8))
                : new Contribution.Argument(read, readDecimal(in));
    }

    static Totals readTotals(DataInputStream in) throws IOException {
        byte[] groupRow = readBytes(in);
        long rows = in.readLong();
        int size = in.readInt();
        List<Totals.Sum> sums = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            long count = in.readLong();
            BigDecimal value = readDecimal(in);
            NavigableMap<Integer, Long> scales = new TreeMap<>();
            int distinct = in.readInt();
            for (int s = 0; s < distinct; s++) {
                scales.put(in.readInt(), in.readLong());
            }
            int kept = in.readInt();
            List<Totals.Pick> picks = new ArrayList<>(kept);
            for (int p = 0; p < kept; p++) {
                picks.add(readPick(in));
            }
            sums.add(new Totals.Sum(count, value, scales, picks));
        }
        return new Totals(groupRow, rows, sums);
    }

    private static void writeDecimal(DataOutputStream out, BigDecimal value) throws IOException {
        out.writeInt(value.scale());
        writeBytes(out, value.unscaledValue().toByteArray());
    }

    private static BigDecimal readDecimal(DataInputStream in) throws IOException {
        int scale = in.readInt();
        return new BigDecimal(new BigInteger(readBytes(in)), scale);
    }

    static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    static byte[] readBytes(DataInputStream in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return bytes;
    }

    @SuppressWarnings("NullAway") // Kafka's interface is not annotated: null in, null out
    static <T> Serde<T> serde(Write<T> write, Read<T> read) {
        return Serdes.serdeFrom(
                (topic, value) -> value == null ? null : bytes(write, value),
                (topic, bytes) -> bytes == null ? null : value(read, topic, bytes));
    }

    private static <T> byte[] bytes(Write<T> write, T value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            write.to(out, value);
        } catch (IOException e) {
            throw new SerializationException("memory cannot be written", e);
        }
        return bytes.toByteArray();
    }

    private static <T> T value(Read<T> read, String topic, byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (in.readByte() != FORMAT) {
                throw new SerializationException("a record of '" + topic + "' is not in format " + FORMAT
                        + ": the state was written by another version; reset the pipeline's layers");
            }
            return read.from(in);
        } catch (IOException e) {
            throw new SerializationException("a record of '" + topic + "' is cut short", e);
        }
    }
}
