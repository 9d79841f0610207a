package io.millrace.api;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;

/**
 * Turns a source or sink section of a pipeline ({@code type: postgres-cdc ...}) into the configuration of an ordinary Connect
 * connector. Found by {@link java.util.ServiceLoader} in the plugin's folder; called with the plugin's class loader as context class
 * loader, from one thread. Stateless.
 */
public interface ConnectorShorthand {

    /** Where a connector stands in a pipeline. */
    enum Role {
        SOURCE,
        SINK
    }

    /** The short name, for example {@code postgres-cdc}. */
    String type();

    Role role();

    /** The connector class that it expands to, as {@code connector.class} names it. */
    String connectorClass();

    /**
     * The fields a user may write in the section, besides {@code type}, {@code from} and {@code on_error}. Nested maps are written with
     * dots ({@code roll.size}); lists are of type LIST. Fields of type PASSWORD are never printed.
     */
    ConfigDef fields();

    /**
     * Checks what {@link #fields()} cannot say, offline. Called only with fields that passed {@link #fields()}; a field whose reference
     * is not resolved yet is absent.
     *
     * @return empty where all is well
     */
    default List<Finding> check(Section section) {
        return List.of();
    }

    /**
     * The streams that this source makes in the raw layer; known offline, from the fields alone. A sink makes none.
     *
     * @param section may lack fields whose reference is not resolved yet
     */
    List<RawStream> streams(Section section);

    /**
     * The connector's configuration. {@code name}, {@code connector.class}, {@code topics} and converters are set by the pipeline where
     * this leaves them out.
     *
     * @param section all fields resolved
     */
    Map<String, String> connectorConfig(Section section);

    /**
     * Looks whether the other side can be reached and is set up as needed, before anything is started. May block for a few seconds.
     *
     * @return empty where all is well
     */
    default List<Finding> preflight(Section section) {
        return List.of();
    }
}
