package io.millrace.it.bench;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Values that compress as text does, neither all zeros nor noise: words of an order's life, and numbers. */
final class Payloads {
    private static final int VALUES = 1_000;
    private static final int NUMBERS = 1_000_000;
    private static final String[] WORDS = {
        "order",
        "customer",
        "product",
        "country",
        "quantity",
        "discount",
        "shipped",
        "paid",
        "returned",
        "Berlin",
        "Lisboa",
        "Graz",
        "Seattle",
        "true",
        "false",
        "null"
    };

    private Payloads() {}

    /** @param size of each in bytes */
    static List<byte[]> text(int size, Random random) {
        List<byte[]> values = new ArrayList<>();
        for (int i = 0; i < VALUES; i++) {
            StringBuilder text = new StringBuilder();
            while (text.length() < size) {
                text.append(WORDS[random.nextInt(WORDS.length)])
                        .append(':')
                        .append(random.nextInt(NUMBERS))
                        .append(' ');
            }
            values.add(Arrays.copyOf(text.toString().getBytes(StandardCharsets.US_ASCII), size));
        }
        return values;
    }
}
