package io.millrace.plugin.fusion;

import java.util.Set;
import org.apache.kafka.connect.connector.ConnectRecord;

/** What one of Apache's transforms, with its configuration, does to a draft. */
interface FusedStep {
    /** The halves of the record that have to be structs for it. */
    Set<Side> sides();

    /** The halves that it makes anew, whatever they were. */
    default Set<Side> makes() {
        return Set.of();
    }

    /**
     * @param before a record at this place
     * @param after what the transform itself made of it
     * @throws NotFused where the transform does more than a draft can say
     */
    void apply(Draft draft, ConnectRecord<?> before, ConnectRecord<?> after);
}
