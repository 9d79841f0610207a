package io.millrace.dev.weblog;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Makes lines of Apache's combined log format, from seeded visitors of a small shop. Used by one thread. */
public final class AccessLogScript {
    private static final int CYCLE = 100;
    private static final int CUT_OFF_AT = 37;
    private static final int HEALTH_EVERY = 20;
    private static final int VISITORS = 40;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);
    private static final List<String> PAGES = List.of(
            "/",
            "/products/1",
            "/products/7?ref=mail",
            "/products/42",
            "/cart",
            "/checkout",
            "/search?q=k%C3%B6rsb%C3%A4r",
            "/img/logo.png");
    private static final List<String> AGENTS = List.of(
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15",
            "curl/8.5.0",
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)");

    private final Random random;
    private long made;

    public AccessLogScript(long seed) {
        this.random = new Random(seed);
    }

    /** The next line, without its end. */
    public String next(Instant time) {
        long number = made++ % CYCLE;
        String line = line(time, number % HEALTH_EVERY == HEALTH_EVERY - 1);
        // as a server leaves it that was killed while it wrote
        return number == CUT_OFF_AT ? line.substring(0, line.indexOf('"') + 8) : line;
    }

    private String line(Instant time, boolean health) {
        int visitor = health ? 0 : 1 + random.nextInt(VISITORS);
        String request = health ? "GET /health" : (random.nextInt(10) == 0 ? "POST " : "GET ") + pick(PAGES);
        String referer = random.nextInt(3) == 0 ? "https://shop.example/" : "-";
        return "10.0." + visitor / 16 + "." + visitor + " - - [" + TIME.format(time) + "] \"" + request + " HTTP/1.1\" "
                + (health ? 200 : status()) + " " + random.nextInt(50_000) + " \"" + referer + "\" \""
                + AGENTS.get(visitor % AGENTS.size()) + "\"";
    }

    private int status() {
        int chance = random.nextInt(100);
        if (chance < 90) {
            return 200;
        }
        return chance < 97 ? 404 : 503;
    }

    private String pick(List<String> texts) {
        return texts.get(random.nextInt(texts.size()));
    }
}
