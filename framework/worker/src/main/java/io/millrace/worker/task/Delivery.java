package io.millrace.worker.task;

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
        @Override
        public void count(TallyBuilder tally) {
            tally.deadLetter();
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
