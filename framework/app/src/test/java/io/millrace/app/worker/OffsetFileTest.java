package io.millrace.app.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.foundation.error.ProblemException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OffsetFileTest {
    @TempDir
    Path folder;

    private static byte[] serialized(Object value) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(value);
        }
        return bytes.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Path file(byte[] content) throws IOException {
        return Files.write(folder.resolve("offsets"), content);
    }

    @Test
    void readsWhatKafkaConnectWrote() throws Exception {
        Path file = file(serialized(new HashMap<>(Map.of(bytes("key"), bytes("value")))));
        assertThat(OffsetFile.read(file)).singleElement().satisfies(entry -> {
            assertThat(entry.getKey()).isEqualTo(bytes("key"));
            assertThat(entry.getValue()).isEqualTo(bytes("value"));
        });
    }

    @Test
    void oneThatIsMissingOrEmptyHasNoOffsets() throws Exception {
        assertThat(OffsetFile.read(folder.resolve("none"))).isEmpty();
        assertThat(OffsetFile.read(file(new byte[0]))).isEmpty();
    }

    @Test
    void oneThatIsCutOffIsNotTakenForEmpty() throws Exception {
        byte[] whole = serialized(new HashMap<>(Map.of(bytes("key"), bytes("value"))));
        for (int length : new int[] {2, whole.length / 2, whole.length - 2}) {
            Path file = file(Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> OffsetFile.read(file))
                    .as("%s of %s bytes", length, whole.length)
                    .isInstanceOf(ProblemException.class)
                    .hasMessageStartingWith(file + " [worker.offset-file] ");
        }
    }

    @Test
    void nothingButBytesIsDeserialized() throws Exception {
        Path file = file(serialized(new ArrayList<>(List.of("a text"))));
        assertThatThrownBy(() -> OffsetFile.read(file))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("REJECTED");
    }
}
