package io.millrace.plugin.json;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import java.io.IOException;
import java.math.BigDecimal;

/** Single values of tokens, as the nodes of Jackson's tree would give them. What a node would bend to fit is for Apache's class. */
final class Tokens {
    private Tokens() {}

    static void require(JsonParser parser, JsonToken token) {
        if (parser.currentToken() != token) {
            throw NotCovered.here();
        }
    }

    /** @param parser at an integral number or at something for Apache's class */
    static long integer(JsonParser parser) throws IOException {
        require(parser, JsonToken.VALUE_NUMBER_INT);
        if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw NotCovered.here();
        }
        return parser.getLongValue();
    }

    /** A number that needs no more than 32 bits. */
    static int integer32(JsonParser parser) throws IOException {
        require(parser, JsonToken.VALUE_NUMBER_INT);
        if (parser.getNumberType() != JsonParser.NumberType.INT) {
            throw NotCovered.here();
        }
        return parser.getIntValue();
    }

    static double float64(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            return integer(parser);
        }
        require(parser, JsonToken.VALUE_NUMBER_FLOAT);
        double value = parser.getDoubleValue();
        // By way of a BigDecimal, as in the tree, there is no negative zero, and an exponent can be too large to be
        // read.
        if (value == 0 || !Double.isFinite(value)) {
            throw NotCovered.here();
        }
        return value;
    }

    static float float32(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            return integer(parser);
        }
        require(parser, JsonToken.VALUE_NUMBER_FLOAT);
        return parser.getDecimalValue().floatValue();
    }

    static BigDecimal decimal(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            return BigDecimal.valueOf(integer(parser));
        }
        require(parser, JsonToken.VALUE_NUMBER_FLOAT);
        return parser.getDecimalValue();
    }

    static boolean truth(JsonParser parser) {
        if (parser.currentToken() == JsonToken.VALUE_TRUE) {
            return true;
        }
        require(parser, JsonToken.VALUE_FALSE);
        return false;
    }

    static String text(JsonParser parser) throws IOException {
        require(parser, JsonToken.VALUE_STRING);
        return parser.getText();
    }

    static byte[] bytes(JsonParser parser) throws IOException {
        String text = text(parser).trim();
        ByteArrayBuilder decoded = new ByteArrayBuilder(Math.max(16, (text.length() >> 2) * 3 + 4));
        Base64Variants.getDefaultVariant().decode(text, decoded);
        return decoded.toByteArray();
    }

    /**
     * Passes over a value, but looks at every part of it: one that the tree could not hold makes the message invalid.
     *
     * @param parser at the first token of the value; afterwards at its last
     */
    static void skip(JsonParser parser) throws IOException {
        int depth = 0;
        JsonToken token = parser.currentToken();
        while (true) {
            if (token == null) {
                throw NotCovered.here();
            }
            switch (token) {
                case START_OBJECT, START_ARRAY -> depth++;
                case END_OBJECT, END_ARRAY -> depth--;
                case VALUE_STRING -> parser.getTextLength();
                case VALUE_NUMBER_INT -> parser.getNumberValue();
                case VALUE_NUMBER_FLOAT -> parser.getDecimalValue();
                default -> {
                    // names and literals are complete as tokens
                }
            }
            if (depth == 0) {
                return;
            }
            token = parser.nextToken();
        }
    }
}
