package io.millrace.dev.process;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;

/** Tells when the parent process is gone. */
public final class ParentWatch {
    private ParentWatch() {}

    /**
     * @param parent a pipe from it; what is written there means nothing
     * @return counted down when the pipe ends
     */
    public static CountDownLatch endOf(InputStream parent) {
        CountDownLatch end = new CountDownLatch(1);
        Thread reader = new Thread(
                () -> {
                    try {
                        while (parent.read() >= 0) {
                            // Whatever is written there means nothing.
                        }
                    } catch (IOException e) {
                        // A parent's pipe that broke has ended as well.
                    }
                    end.countDown();
                },
                "parent-watch");
        reader.setDaemon(true);
        reader.start();
        return end;
    }
}
