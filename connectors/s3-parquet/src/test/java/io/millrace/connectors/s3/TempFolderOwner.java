package io.millrace.connectors.s3;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

/** A process that has a temporary folder until it is killed or its input ends; given a number, it has so many before, for a moment each. */
final class TempFolderOwner {
    private TempFolderOwner() {}

    public static void main(String[] args) throws Exception {
        Path parent = Path.of(args[0]);
        comeAndGo(parent, Integer.parseInt(args[1]));
        TempFolder folder = TempFolder.create(parent, Clock.systemUTC());
        Path file = folder.newFile();
        Files.writeString(file, "x");
        System.out.write((file + "\n").getBytes(StandardCharsets.UTF_8));
        System.out.flush();
        while (System.in.read() >= 0) {
            // the test ends it
        }
        folder.close();
    }

    /** @throws IOException when another removed a folder before its time */
    static void comeAndGo(Path parent, int times) throws IOException {
        for (int time = 0; time < times; time++) {
            try (TempFolder folder = TempFolder.create(parent, Clock.systemUTC())) {
                Path first = Files.writeString(folder.newFile(), "x");
                Path second = folder.newFile();
                if (!Files.exists(first) || !second.getParent().equals(first.getParent())) {
                    throw new IOException("'" + first + "' was removed");
                }
            }
        }
    }
}
