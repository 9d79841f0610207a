package io.millrace.plugin.discovery;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * What the names in a jar, or in a folder of class files, say.
 *
 * @param listed service to the classes that its manifest lists
 * @param version {@code undefined} where the jar does not tell, or lists nothing
 */
record PluginJar(Path file, Map<String, List<String>> listed, String version) {
    private static final String SERVICES = "META-INF/services/";
    private static final Pattern VERSION_IN_NAME = Pattern.compile(".+?-(\\d[\\w.+-]*?)\\.(?:jar|zip)");

    PluginJar {
        listed = Map.copyOf(listed);
    }

    /** @throws IOException also where the file is no readable archive */
    static PluginJar read(Path file, Collection<String> services) throws IOException {
        return Files.isDirectory(file) ? ofClassFiles(file, services) : ofArchive(file, services);
    }

    private static PluginJar ofArchive(Path file, Collection<String> services) throws IOException {
        Map<String, List<String>> listed = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (String service : services) {
                ZipEntry entry = zip.getEntry(SERVICES + service);
                if (entry != null) {
                    listed.put(service, names(new String(bytes(zip, entry), StandardCharsets.UTF_8)));
                }
            }
            return new PluginJar(file, listed, listed.isEmpty() ? PluginPlace.UNDEFINED : version(file, zip));
        }
    }

    private static PluginJar ofClassFiles(Path folder, Collection<String> services) throws IOException {
        Map<String, List<String>> listed = new LinkedHashMap<>();
        for (String service : services) {
            Path manifest = folder.resolve(SERVICES + service);
            if (Files.isRegularFile(manifest)) {
                listed.put(service, names(Files.readString(manifest)));
            }
        }
        return new PluginJar(folder, listed, PluginPlace.UNDEFINED);
    }

    /** The version that a jar gives of itself, {@code undefined} where it cannot be read or gives none. */
    static String versionOf(Path file) {
        if (!Files.isRegularFile(file)) {
            return PluginPlace.UNDEFINED;
        }
        try (ZipFile zip = new ZipFile(file.toFile())) {
            return version(file, zip);
        } catch (IOException e) {
            return PluginPlace.UNDEFINED;
        }
    }

    /** In order of trust: Maven's own note of the jar, the manifest, the file's name. */
    private static String version(Path file, ZipFile zip) throws IOException {
        String name = String.valueOf(file.getFileName());
        String version = mavenVersion(name, zip);
        if (version == null) {
            version = manifestVersion(zip);
        }
        if (version == null) {
            Matcher matcher = VERSION_IN_NAME.matcher(name);
            version = matcher.matches() ? matcher.group(1) : PluginPlace.UNDEFINED;
        }
        return version;
    }

    /** A jar that contains other artifacts has their notes too; then the one that the file is named after counts. */
    private static @Nullable String mavenVersion(String fileName, ZipFile zip) throws IOException {
        List<Properties> notes = new ArrayList<>();
        Enumeration<? extends ZipEntry> entries = zip.entries();
        while (entries.hasMoreElements()) {
            ZipEntry entry = entries.nextElement();
            if (entry.getName().startsWith("META-INF/maven/") && entry.getName().endsWith("/pom.properties")) {
                Properties note = new Properties();
                try (InputStream in = zip.getInputStream(entry)) {
                    note.load(in);
                } catch (IllegalArgumentException e) {
                    continue; // a bad unicode escape: this note tells nothing
                }
                notes.add(note);
            }
        }
        if (notes.size() == 1) {
            return notes.get(0).getProperty("version");
        }
        return notes.stream()
                .filter(note -> note.getProperty("version") != null)
                .filter(note ->
                        fileName.startsWith(note.getProperty("artifactId", "?") + "-" + note.getProperty("version")))
                .map(note -> note.getProperty("version"))
                .findFirst()
                .orElse(null);
    }

    private static @Nullable String manifestVersion(ZipFile zip) throws IOException {
        ZipEntry entry = zip.getEntry(JarFile.MANIFEST_NAME);
        if (entry == null) {
            return null;
        }
        try (InputStream in = zip.getInputStream(entry)) {
            return new Manifest(in).getMainAttributes().getValue(Attributes.Name.IMPLEMENTATION_VERSION);
        }
    }

    private static byte[] bytes(ZipFile zip, ZipEntry entry) throws IOException {
        try (InputStream in = zip.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }

    /** The class names of a service manifest, as {@link java.util.ServiceLoader} reads one. */
    static List<String> names(String manifest) {
        return manifest.lines()
                .map(line -> line.contains("#") ? line.substring(0, line.indexOf('#')) : line)
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .distinct()
                .toList();
    }
}
