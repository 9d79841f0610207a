package io.millrace.broker.server;

import io.millrace.broker.security.FirstCredentials;
import io.millrace.foundation.config.DidYouMean;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.server.config.AbstractKafkaConfig;

/** Which properties there are, and which of them have nothing to say to a node that is alone. */
final class KnownProperties {
    static final ConfigDef DEFINITION =
            Utils.mergeConfigs(List.of(AbstractKafkaConfig.CONFIG_DEF, BrokerProperties.OWN));

    /** Read by Kafka's own parts, or by ours, without being in Kafka's definition of a broker. */
    private static final List<String> OTHERS = List.of(
            "super.users",
            "allow.everyone.if.no.acl.found",
            "clamp.replication.factor",
            "config.providers",
            "metrics.jmx.include",
            "metrics.jmx.exclude",
            "sasl.jaas.config");

    private static final Pattern OF_LISTENER = Pattern.compile("listener\\.name\\.[^.]+\\.(.+)");
    private static final Pattern OF_MECHANISM =
            Pattern.compile("(plain|scram-sha-256|scram-sha-512|oauthbearer|gssapi)\\.(.+)");
    private static final Pattern OF_PROVIDER = Pattern.compile("config\\.providers\\..+");

    /** About other brokers, controllers, replicas, remote storage; or of functions that this broker does not have. */
    private static final Pattern WITHOUT_MEANING = Pattern.compile(
            String.join(
                    "|",
                    "process\\.roles|broker\\.rack|cordoned\\..*|early\\.start\\.listeners",
                    "replica\\..*|num\\.replica\\..*|follower\\..*|leader\\..*|default\\.replication\\.factor|min\\.insync\\.replicas",
                    ".*\\.topic\\.replication\\.factor|transaction\\.state\\.log\\.(replication\\.factor|min\\.isr)",
                    "unclean\\.leader\\..*|auto\\.leader\\..*|controlled\\.shutdown\\..*|reserved\\.broker\\..*",
                    "controller\\..*|.*inter\\.broker\\..*|security\\.inter\\.broker\\.protocol|sasl\\.mechanism\\.controller\\.protocol",
                    "broker\\.heartbeat\\..*|broker\\.session\\..*|initial\\.broker\\.registration\\..*|server\\.max\\.startup\\.time\\.ms",
                    "(listener\\.name\\.[^.]+\\.)?max\\.connection\\.creation\\.rate",
                    "metric\\.reporters|kafka\\.metrics\\..*|queued\\.max\\.requests|.*\\.purgatory\\.purge\\.interval\\.requests",
                    "client\\.quota\\.callback\\.class|(replication\\.)?quota\\.window\\..*|telemetry\\.max\\.bytes|request\\.timeout\\.ms",
                    "socket\\.connection\\.setup\\..*|log\\.dir\\.failure\\.timeout\\.ms|log\\.initial\\.task\\.delay\\.ms",
                    "log\\.flush\\.start\\.offset\\.checkpoint\\.interval\\.ms|unstable\\..*|metrics\\.(num\\.samples|sample\\..*|recording\\.level)",
                    "metadata\\.log\\.max\\.snapshot\\.interval\\.ms|metadata\\.max\\.idle\\.interval\\.ms",
                    "remote\\..*|log\\.local\\..*|zookeeper\\..*|share\\..*|group\\.share\\..*|delegation\\.token\\..*|alter\\.log\\.dirs\\..*"));

    private KnownProperties() {}

    /** Whether some part reads it. */
    static boolean knows(String key) {
        var ofListener = OF_LISTENER.matcher(key);
        String own = ofListener.matches() ? ofListener.group(1) : key;
        var ofMechanism = OF_MECHANISM.matcher(own);
        String last = ofMechanism.matches() ? ofMechanism.group(2) : own;
        return DEFINITION.names().contains(last)
                || OTHERS.contains(last)
                || OF_PROVIDER.matcher(key).matches()
                || FirstCredentials.isNamedBy(key)
                || saysNothing(key);
    }

    /** Whether it is accepted, and changes nothing here. */
    static boolean saysNothing(String key) {
        return WITHOUT_MEANING.matcher(key).matches();
    }

    /** The nearest of all names, and failing that one that the key is the beginning or a part of. */
    static String hint(String key) {
        Set<String> names = new TreeSet<>(DEFINITION.names());
        names.addAll(OTHERS);
        String near = DidYouMean.hint(key, names);
        if (!near.isEmpty()) {
            return near;
        }
        List<String> around = new ArrayList<>(names.stream()
                .filter(name -> name.contains(key) || key.contains(name) && name.length() > key.length() / 2)
                .toList());
        around.sort(Comparator.comparingInt(name -> Math.abs(name.length() - key.length())));
        return around.isEmpty() ? "" : "Did you mean '" + around.get(0) + "'? ";
    }
}
