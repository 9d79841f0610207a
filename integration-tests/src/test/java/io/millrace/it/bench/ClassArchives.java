package io.millrace.it.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** For each contestant an archive of the classes that it loads until its first record is committed, which is its training. */
final class ClassArchives {
    private final Map<Contestant, Path> archives = new EnumMap<>(Contestant.class);

    private ClassArchives() {}

    static ClassArchives train(Path folder, BenchSettings settings) throws Exception {
        ClassArchives made = new ClassArchives();
        for (Contestant contestant : settings.contestants()) {
            Path archive = folder.resolve(contestant.label() + ".jsa");
            Path data = folder.resolve("training-" + contestant.label());
            List<String> flags = new ArrayList<>(settings.jvm());
            flags.add("-XX:ArchiveClassesAtExit=" + archive);
            Failure.telling(contestant + " in training", data, () -> {
                try (BrokerJvm broker = BrokerJvm.start(contestant, data, flags)) {
                    FirstRecord.pass(broker, () -> {});
                    broker.stop();
                }
                assertThat(archive).as("the archive of classes").isNotEmptyFile();
            });
            made.archives.put(contestant, archive);
        }
        return made;
    }

    List<String> flags(Contestant contestant) {
        return List.of("-XX:SharedArchiveFile=" + of(contestant), "-Xlog:cds=off", "-Xlog:cds+dynamic=off");
    }

    Path of(Contestant contestant) {
        Path archive = archives.get(contestant);
        assertThat(archive).as("the archive of %s", contestant).isNotNull();
        return archive;
    }
}
