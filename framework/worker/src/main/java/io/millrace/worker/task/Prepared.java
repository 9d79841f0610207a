package io.millrace.worker.task;

import io.millrace.plugin.record.DeadLetterHeaders;
import io.millrace.plugin.record.ReplayHeaders;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What became of a source record before anything is sent. */
sealed interface Prepared {
    /** Counts it, once its transaction is committed. */
    void count(TallyBuilder tally);

    /** A record to send. */
    sealed interface ToSend extends Prepared {
        ProducerRecord<byte[], byte[]> bytes();
    }

    /** To its own topic. */
    record Converted(ProducerRecord<byte[], byte[]> bytes) implements ToSend {
        @Override
        public void count(TallyBuilder tally) {
            tally.out(1);
        }
    }

    /** To the dead letter topic. */
    record Letter(ProducerRecord<byte[], byte[]> bytes) implements ToSend {
        String fingerprint() {
            String text = ReplayHeaders.text(bytes.headers(), DeadLetterHeaders.FINGERPRINT);
            return text == null ? "" : text;
        }

        @Override
        public void count(TallyBuilder tally) {
            tally.deadLetter();
        }
    }

    /** Nothing to send; its offset counts all the same. */
    record Dropped(String rule) implements Prepared {
        @Override
        public void count(TallyBuilder tally) {
            tally.dropped(rule);
        }
    }
}
