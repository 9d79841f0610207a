package io.millrace.plugin.fusion;

import java.util.Map;
import org.apache.kafka.connect.transforms.Cast;
import org.apache.kafka.connect.transforms.DropHeaders;
import org.apache.kafka.connect.transforms.ExtractField;
import org.apache.kafka.connect.transforms.HoistField;
import org.apache.kafka.connect.transforms.InsertField;
import org.apache.kafka.connect.transforms.InsertHeader;
import org.apache.kafka.connect.transforms.MaskField;
import org.apache.kafka.connect.transforms.RegexRouter;
import org.apache.kafka.connect.transforms.ReplaceField;
import org.apache.kafka.connect.transforms.SetSchemaMetadata;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.ValueToKey;
import org.jspecify.annotations.Nullable;

/** Which of Apache's transforms can be fused. By class, not by name: another copy in a plugin's folder may be of another version. */
final class FusedSteps {
    private FusedSteps() {}

    /** @return null where the transform runs as it is */
    static @Nullable FusedStep of(Transformation<?> transformation, Map<String, String> config) {
        Class<?> type = transformation.getClass();
        if (type == ValueToKey.class) {
            return new ValueToKeyStep(config);
        }
        if (type == RegexRouter.class) {
            return new RegexRouterStep(config);
        }
        if (type == InsertHeader.class) {
            return new InsertHeaderStep(config);
        }
        if (type == DropHeaders.class) {
            return new DropHeadersStep(config);
        }
        FusedStep ofValue = of(Side.VALUE, type, config);
        return ofValue == null ? of(Side.KEY, type, config) : ofValue;
    }

    private static @Nullable FusedStep of(Side side, Class<?> type, Map<String, String> config) {
        boolean key = side == Side.KEY;
        if (type == (key ? InsertField.Key.class : InsertField.Value.class)) {
            return new InsertFieldStep(side, config);
        }
        if (type == (key ? ReplaceField.Key.class : ReplaceField.Value.class)) {
            return new ReplaceFieldStep(side, config);
        }
        if (type == (key ? MaskField.Key.class : MaskField.Value.class)) {
            return new MaskFieldStep(side, config);
        }
        if (type == (key ? SetSchemaMetadata.Key.class : SetSchemaMetadata.Value.class)) {
            return new SetSchemaMetadataStep(side, config);
        }
        if (type == (key ? HoistField.Key.class : HoistField.Value.class)) {
            return new HoistFieldStep(side, config);
        }
        if (type == (key ? ExtractField.Key.class : ExtractField.Value.class)) {
            return ExtractFieldStep.isPlainName(config) ? new ExtractFieldStep(side, config) : null;
        }
        if (type == (key ? Cast.Key.class : Cast.Value.class)) {
            return CastStep.isOfFields(config) ? new CastStep(side, config) : null;
        }
        return null;
    }
}
