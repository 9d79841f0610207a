package io.millrace.it.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The dev services of a run, started by their own program as {@code run --dev} does, so that a test can fill the database first. */
public final class Services implements AutoCloseable {
    private final Path data;
    private final JsonNode answer;

    private Services(Path data, JsonNode answer) {
        this.data = data;
        this.answer = answer;
    }

    /**
     * Starts all, or finds them running.
     *
     * @param dataDir the run's data folder; theirs is {@code dev} in it
     */
    public static Services up(Path dataDir) throws IOException, InterruptedException {
        return up(dataDir, "postgres,warehouse,s3,search");
    }

    /** The same of what a pipeline from the database to the lake needs. */
    public static Services ofTheLake(Path dataDir) throws IOException, InterruptedException {
        return up(dataDir, "postgres,s3");
    }

    private static Services up(Path dataDir, String needs) throws IOException, InterruptedException {
        Path data = dataDir.resolve("dev");
        Path postgres = data.resolve("postgres");
        PostgresPrograms.lend(postgres);
        choosePorts(data);
        String line = call(List.of(
                "up",
                "--data",
                data.toString(),
                "--home",
                Distribution.home().resolve("dev").toString(),
                "--need",
                needs,
                "--buckets",
                "lake"));
        PostgresPrograms.keep(postgres);
        return new Services(data, new ObjectMapper().readTree(line));
    }

    /** As the user that change data capture uses, who owns the tables. */
    public ShopSource source() throws SQLException {
        JsonNode postgres = answer.required("postgres");
        return new ShopSource(
                postgres.required("url").asText(),
                postgres.required("user").asText(),
                postgres.required("password").asText());
    }

    /** The address of the database. */
    public String databaseUrl() {
        return answer.required("postgres").required("url").asText();
    }

    public String databaseUser() {
        return answer.required("postgres").required("user").asText();
    }

    public String databasePassword() {
        return answer.required("postgres").required("password").asText();
    }

    /** A field of the object store's answer. */
    public String s3(String field) {
        return answer.required("s3").required(field).asText();
    }

    /** As the user that the warehouse's sink uses. */
    public Warehouse warehouse() throws SQLException {
        return new Warehouse(warehouseUrl(), warehouseUser(), warehousePassword());
    }

    /** The address of the warehouse. */
    public String warehouseUrl() {
        return answer.required("warehouse").required("url").asText();
    }

    public String warehouseUser() {
        return answer.required("warehouse").required("user").asText();
    }

    public String warehousePassword() {
        return answer.required("warehouse").required("password").asText();
    }

    public SearchIndex search() {
        return new SearchIndex(searchUrl());
    }

    public String searchUrl() {
        return answer.required("search").required("url").asText();
    }

    /** The folder of a bucket. */
    public Path bucket(String name) {
        return Path.of(s3("folder")).resolve(name);
    }

    public Lake lake() throws SQLException {
        return new Lake(bucket("lake"));
    }

    @Override
    public void close() throws IOException, InterruptedException {
        call(List.of("down", "--data", data.toString()));
    }

    /** Ports that nobody else here is given: what is killed finds its own one free when it comes back. */
    private static void choosePorts(Path data) throws IOException {
        choosePort(data.resolve("postgres"), "");
        choosePort(data.resolve("s3"), ",\"accessKeyId\":\"test\",\"secretAccessKey\":\"secret-of-a-test\"");
        choosePort(data.resolve("search"), ",\"cluster\":\"millrace-test-" + Ports.free() + "\"");
    }

    private static void choosePort(Path folder, String more) throws IOException {
        Path state = folder.resolve("server.json");
        if (!Files.exists(state)) {
            Files.createDirectories(folder);
            Files.writeString(state, "{\"version\":\"\",\"pid\":0,\"port\":" + Ports.free() + more + "}");
        }
    }

    private static String call(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                Distribution.home().resolve("dev/services") + File.separator + "*",
                "io.millrace.dev.DevServices"));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        if (status != 0) {
            throw new IllegalStateException("dev services: " + arguments.get(0) + " ended with " + status);
        }
        return output;
    }
}
