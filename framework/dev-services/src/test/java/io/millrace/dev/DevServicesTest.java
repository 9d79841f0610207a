package io.millrace.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevServicesTest {
    @TempDir
    Path temp;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return DevServices.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }

    @Test
    void aFileInPlaceOfTheFolderIsOneClearMessage() throws Exception {
        Path file = Files.writeString(temp.resolve("file"), "");
        Path folder = file.resolve("dev");

        int status = run("up", "--data", folder.toString(), "--home", temp.toString(), "--need", "postgres,s3");

        assertThat(status).isEqualTo(3);
        assertThat(err.toString().strip())
                .isEqualTo("[dev.folder-unwritable] the folder '" + folder + "' cannot be written: '" + file
                        + "' is a file. Give it to the user that runs this, or choose another folder.");
        assertThat(out.toString().strip())
                .isEqualTo(
                        "{\"problems\":[{\"severity\":\"ERROR\",\"code\":\"dev.folder-unwritable\",\"place\":\"\",\"message\":"
                                + "\"the folder '" + folder + "' cannot be written: '" + file
                                + "' is a file.\",\"remedy\":"
                                + "\"Give it to the user that runs this, or choose another folder.\"}]}");
    }

    @Test
    void allWrongBucketNamesAreToldAtOnce() {
        int status = run(
                "up", "--data", temp.toString(), "--home", temp.toString(), "--need", "s3", "--buckets", "Lake,ok1,x");

        String remedy =
                " A name has 3 to 63 lower case letters, digits, dots and hyphens, and begins and ends with a letter or digit.";
        assertThat(status).isEqualTo(2);
        assertThat(err.toString().lines())
                .containsExactly(
                        "[dev.bucket-name] 'Lake' cannot be a bucket's name." + remedy,
                        "[dev.bucket-name] 'x' cannot be a bucket's name." + remedy);
    }

    @Test
    void aHomeWithoutS3ProxyIsNamed() {
        int status = run("up", "--data", temp.resolve("d").toString(), "--home", temp.toString(), "--need", "s3");

        assertThat(status).isEqualTo(3);
        assertThat(err.toString().strip())
                .isEqualTo("[dev.s3-missing] the folder '" + temp.resolve("s3")
                        + "' holds no S3Proxy. Build the distribution again.");
    }

    @Test
    void aHomeWithoutOpenSearchIsNamed() {
        int status = run("up", "--data", temp.resolve("d").toString(), "--home", temp.toString(), "--need", "search");

        assertThat(status).isEqualTo(3);
        assertThat(err.toString().strip())
                .isEqualTo("[dev.search-missing] the folder '" + temp.resolve("search")
                        + "' holds no OpenSearch. Build the distribution again.");
    }

    @Test
    void aMissingArgumentIsTheUsersFault() {
        int status = run("down");

        assertThat(status).isEqualTo(2);
        assertThat(err.toString().strip())
                .isEqualTo("[dev.arguments] Missing required option: '--data=<data>'. See 'dev-services --help'.");
    }

    @Test
    void nothingToStopIsFine() {
        assertThat(run("down", "--data", temp.resolve("never").toString())).isZero();
        assertThat(run("down", "--data", temp.toString())).isZero();
    }
}
