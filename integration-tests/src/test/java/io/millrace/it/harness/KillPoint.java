package io.millrace.it.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import killagent.KillAgent;
import net.bytebuddy.ByteBuddy;

/**
 * A place in the code at which a run is killed.
 *
 * @param name what is cut in two there
 * @param type class whose method it is
 * @param method its name
 * @param thread part of the thread's name
 * @param nth at which call, from 1
 * @param options further conditions
 */
public record KillPoint(String name, String type, String method, String thread, int nth, String options) {

    public KillPoint(String name, String type, String method, String thread, int nth) {
        this(name, type, method, thread, nth, "");
    }

    /** Only calls count before which the thread entered another method, since the call before. */
    public KillPoint following(String otherType, String otherMethod) {
        return new KillPoint(name, type, method, thread, nth, options + ",follows=" + otherType + "#" + otherMethod);
    }

    /** Only calls count that come when the file is there. */
    public KillPoint armedBy(Path file) {
        return new KillPoint(name, type, method, thread, nth, options + ",armed=" + file);
    }

    /** The JVM option that arms it. */
    public String jvmOption(Path folder) throws IOException {
        return "-javaagent:" + jar(folder) + "=" + type + "#" + method + "@" + thread + ":" + nth + options;
    }

    @Override
    public String toString() {
        return name + " (" + method + " " + nth + ")";
    }

    private static Path jar(Path folder) throws IOException {
        Path jar = folder.resolve("kill-agent.jar");
        if (Files.exists(jar)) {
            return jar;
        }
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Premain-Class", KillAgent.class.getName());
        attributes.putValue("Class-Path", library());
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest)) {
            for (Class<?> type : new Class<?>[] {KillAgent.class, KillAgent.Entry.class, KillAgent.Before.class}) {
                String entry = type.getName().replace('.', '/') + ".class";
                out.putNextEntry(new JarEntry(entry));
                try (InputStream in = type.getClassLoader().getResourceAsStream(entry)) {
                    in.transferTo(out);
                }
                out.closeEntry();
            }
        }
        return jar;
    }

    private static String library() {
        return ByteBuddy.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString();
    }
}
