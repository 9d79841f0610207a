package io.millrace.transforms;

import io.millrace.transforms.path.FieldPath;
import io.millrace.transforms.path.Leaf;
import io.millrace.transforms.path.LeafRewriter;
import io.millrace.transforms.path.Schemas;
import io.millrace.transforms.path.Typed;
import io.millrace.transforms.record.Options;
import io.millrace.transforms.record.Part;
import io.millrace.transforms.record.PartTransform;
import io.millrace.transforms.record.Template;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * Hides what fields hold, nested ones and those of a list's elements too. A null stays null; everything else becomes a text. A field that
 * is not there fails the record, unless told otherwise: a name that is written wrongly would let the value through.
 */
public abstract class Mask<R extends ConnectRecord<R>> extends PartTransform<R> {
    static final String FIELDS = "fields";
    static final String SECRET = "secret";
    static final String REPLACEMENT = "replacement";

    private static final int LONGEST = 1_000_000;

    private static final ConfigDef CONFIG = Options.withMissing(
            new ConfigDef()
                    .define(
                            FIELDS,
                            ConfigDef.Type.LIST,
                            ConfigDef.NO_DEFAULT_VALUE,
                            ConfigDef.Importance.HIGH,
                            "What to hide and how, each as field:how. redact puts the replacement in its place; sha256 its digest in hex;"
                                    + " hmac the digest under the secret; keep_last(4) and keep_first(4) leave so many characters and put *"
                                    + " for each of the others; truncate(4) leaves so many and drops the others.")
                    .define(
                            SECRET,
                            ConfigDef.Type.PASSWORD,
                            null,
                            ConfigDef.Importance.MEDIUM,
                            "The key of hmac: equal values have equal digests, and without the key nobody can try values out.")
                    .define(
                            REPLACEMENT,
                            ConfigDef.Type.STRING,
                            "***",
                            ConfigDef.Importance.LOW,
                            "What redact puts in a value's place."),
            LeafRewriter.Missing.FAIL);

    private LeafRewriter rewriter = new LeafRewriter(Map.of(), LeafRewriter.Missing.IGNORE);

    private Mask(Part part) {
        super(part);
    }

    /** Of the key. */
    public static final class Key<R extends ConnectRecord<R>> extends Mask<R> {
        public Key() {
            super(Part.KEY);
        }
    }

    /** Of the value. */
    public static final class Value<R extends ConnectRecord<R>> extends Mask<R> {
        public Value() {
            super(Part.VALUE);
        }
    }

    @Override
    public ConfigDef config() {
        return CONFIG;
    }

    @Override
    public void configure(Map<String, ?> settings) {
        Options options = new Options(CONFIG, settings);
        Map<FieldPath, Leaf> leaves = new LinkedHashMap<>();
        options.pathTexts(FIELDS, true).forEach((path, how) -> leaves.put(path, new Masked(way(options, how))));
        try {
            rewriter = new LeafRewriter(leaves, options.missing());
        } catch (IllegalArgumentException e) {
            throw new ConfigException(FIELDS, options.texts(FIELDS), e.getMessage());
        }
    }

    private interface Way {
        String mask(String text);
    }

    private static Way way(Options options, String how) {
        String replacement = options.text(REPLACEMENT);
        int bracket = how.indexOf('(');
        if (bracket > 0 && how.endsWith(")")) {
            int count = count(how, how.substring(bracket + 1, how.length() - 1));
            switch (how.substring(0, bracket)) {
                case "keep_last":
                    return text -> stars(text.codePointCount(0, text.length()) - count) + tail(text, count);
                case "keep_first":
                    return text -> head(text, count) + stars(text.codePointCount(0, text.length()) - count);
                case "truncate":
                    return text -> head(text, count);
                default:
                    throw unknown(how);
            }
        }
        return switch (how) {
            case "redact" -> text -> replacement;
            case "sha256" -> digest();
            case "hmac" -> hmac(options.secret(SECRET));
            default -> throw unknown(how);
        };
    }

    private static ConfigException unknown(String how) {
        return new ConfigException(
                FIELDS, how, "there are redact, sha256, hmac, keep_last(n), keep_first(n) and truncate(n)");
    }

    private static int count(String how, String text) {
        try {
            int count = Integer.parseInt(text.strip());
            if (count >= 0 && count <= LONGEST) {
                return count;
            }
        } catch (NumberFormatException e) {
            throw new ConfigException(FIELDS, how, "'" + text + "' is no number of characters");
        }
        throw new ConfigException(FIELDS, how, "'" + text + "' is not from 0 to " + LONGEST);
    }

    private static String stars(int count) {
        return "*".repeat(Math.max(0, count));
    }

    private static String head(String text, int count) {
        int length = text.codePointCount(0, text.length());
        return count >= length ? text : text.substring(0, text.offsetByCodePoints(0, count));
    }

    private static String tail(String text, int count) {
        int length = text.codePointCount(0, text.length());
        return count >= length ? text : text.substring(text.offsetByCodePoints(0, length - count));
    }

    private static Way digest() {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return text -> HexFormat.of().formatHex(sha256.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static Way hmac(@Nullable Password secret) {
        if (secret == null || secret.value().isEmpty()) {
            throw new ConfigException(FIELDS, "hmac", "hmac needs the setting '" + SECRET + "'");
        }
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.value().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return text -> HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    private record Masked(Way way) implements Leaf {
        @Override
        public Schema schema(Schema before) {
            return switch (before.type()) {
                case STRUCT, ARRAY, MAP -> throw structure(before.type().getName());
                default -> Schemas.asOptionalAs(before, SchemaBuilder.string()).build();
            };
        }

        @Override
        public @Nullable Object value(@Nullable Object before, @Nullable Schema schema) {
            if (before == null) {
                return null;
            }
            if (before instanceof Map || before instanceof Iterable || before instanceof Struct) {
                throw structure(before instanceof Iterable ? "list" : "structure");
            }
            return way.mask(Template.plain(before));
        }

        private static DataException structure(String type) {
            return new DataException("is a " + type + ": name the fields within it");
        }
    }

    @Override
    protected Typed struct(Schema schema, Struct value, R record) {
        return rewriter.struct(schema, value);
    }

    @Override
    protected Map<?, ?> map(Map<?, ?> value, R record) {
        return rewriter.map(value);
    }
}
