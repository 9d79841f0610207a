package io.millrace.worker.task;

import io.millrace.plugin.record.DeadLetterHeaders;
import io.millrace.plugin.record.ReplayHeaders;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.connect.sink.SinkRecord;

/** What became of a record read for a sink. */
sealed interface Delivery {
    void count(TallyBuilder tally);

    /** For the task. */
    record Give(SinkRecord sinkRecord) implements Delivery {
        @Override
        public void count(TallyBuilder tally) {
            tally.out(1);
        }
    }

    /** For the dead letter topic. */
    record SetAside(ProducerRecord<byte[], byte[]> letter) implements Delivery {
        private static final int HEADERS_BYTES = 4_096;

        /** About what it takes in memory. */
        long bytes() {
            long key = letter.key() == null ? 0 : letter.key().length;
            long value = letter.value() == null ? 0 : letter.value().length;
            return key + value + HEADERS_BYTES;
        }

        String fingerprint() {
            String text = ReplayHeaders.text(letter.headers(), DeadLetterHeaders.FINGERPRINT);
            return text == null ? "" : text;
        }

        @Override
        public void count(TallyBuilder tally) {
            tally.deadLetter();
        }
    }

    /** For another stage, which reads the replay topic too. */
    record OfOthers() implements Delivery {
        @Override
        public void count(TallyBuilder tally) {
            // never came here
        }
    }

    /** For nobody. */
    record Drop(String rule) implements Delivery {
        @Override
        public void count(TallyBuilder tally) {
            tally.dropped(rule);
        }
    }
}
