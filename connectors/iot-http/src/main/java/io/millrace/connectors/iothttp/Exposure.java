package io.millrace.connectors.iothttp;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** That others could reach a source which is not protected. */
record Exposure(String message, String remedy) {

    /** Empty where all is well: nobody else can reach the address, or it is protected, or the user wants it so. */
    static List<Exposure> of(String host, boolean tls, boolean authenticated, boolean insecure) {
        if (insecure || (tls && authenticated) || isLoopback(host)) {
            return List.of();
        }
        List<String> missing = new ArrayList<>();
        List<String> fields = new ArrayList<>();
        if (!tls) {
            missing.add("TLS");
            fields.add("'tls.certificate' and 'tls.key'");
        }
        if (!authenticated) {
            missing.add("authentication");
            fields.add("'auth.bearer'");
        }
        return List.of(new Exposure(
                "'" + host + "' can be reached by others, and there is no " + String.join(" and no ", missing) + ".",
                "Set " + String.join(" and ", fields)
                        + ", or 'insecure: true' where something in front protects it, or listen on '127.0.0.1'."));
    }

    /** A name that does not resolve counts as reachable by others. */
    static boolean isLoopback(String host) {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (!address.isLoopbackAddress()) {
                    return false;
                }
            }
            return !host.isEmpty();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
