package io.millrace.layers;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.plugin.discovery.Plugins;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayersTest {

    @Test
    void aPipelineWithoutStreamsHasNothingToRun(@TempDir Path folder) throws Exception {
        PipelinePlan plan = YamlPlans.plan("""
                pipeline: copies
                sources:
                  text: {class: org.example.Files, config: {}, streams: {app: events}}
                sinks:
                  copy: {class: org.example.Copies, from: [raw.app], config: {}}
                """);
        // nobody answers at this address: nothing may be asked
        LayersConfig config = LayersConfig.of("127.0.0.1:1", folder.resolve("state"));

        try (Plugins plugins = Plugins.scan(List.of());
                Layers layers = Layers.start(plan, config, plugins)) {
            assertThat(plan.streams()).isEmpty();
            assertThat(layers.status()).isEmpty();
            assertThat(layers.failure()).isEmpty();
            assertThat(layers.stoppedByBreaker()).isEmpty();
        }
        assertThat(Files.exists(folder.resolve("state"))).isFalse();
    }
}
