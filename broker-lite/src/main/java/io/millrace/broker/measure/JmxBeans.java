package io.millrace.broker.measure;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows measures over JMX. The first broker of a JVM has Kafka's names; those of another would be the same, so its domains end in {@code -2}, and
 * so on. Thread-safe.
 */
public final class JmxBeans implements Measures.Follower, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JmxBeans.class);

    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private final Map<Name, ObjectName> shown = new ConcurrentHashMap<>();
    private final Predicate<String> wanted;
    private final String suffix;
    private final ObjectName marker;

    private JmxBeans(Predicate<String> wanted) throws JMException {
        this.wanted = wanted;
        int number = 1;
        while (true) {
            String tried = number == 1 ? "" : "-" + number;
            ObjectName name = new ObjectName("io.millrace.broker:type=Broker,domains=kafka.server" + tried);
            if (isFree("kafka.server" + tried) && registered(name)) {
                this.suffix = tried;
                this.marker = name;
                return;
            }
            number++;
        }
    }

    /** Whether no Kafka broker, which sets no marker, shows itself there. */
    private boolean isFree(String domain) throws JMException {
        return !server.isRegistered(new ObjectName(domain + ":type=KafkaServer,name=BrokerState"));
    }

    private boolean registered(ObjectName name) throws JMException {
        try {
            server.registerMBean(new Bean(new Gauge(() -> 1)), name);
            return true;
        } catch (InstanceAlreadyExistsException e) {
            return false;
        }
    }

    /**
     * Shows measures, and those that are added later.
     *
     * @param wanted by the name of the MBean
     */
    public static JmxBeans show(Measures measures, Predicate<String> wanted) {
        try {
            JmxBeans beans = new JmxBeans(wanted);
            measures.follow(beans);
            return beans;
        } catch (JMException e) {
            throw new IllegalStateException("metrics cannot be shown over JMX", e);
        }
    }

    /** What domains end in; empty for the first broker of the JVM. */
    public String suffix() {
        return suffix;
    }

    @Override
    public void added(Name name, Measure measure) {
        String bean = name.bean(suffix);
        if (!wanted.test(bean)) {
            return;
        }
        try {
            ObjectName objectName = new ObjectName(bean);
            server.registerMBean(new Bean(measure), objectName);
            shown.put(name, objectName);
        } catch (JMException e) {
            LOG.atWarn().setCause(e).addKeyValue("metric", bean).log("A metric cannot be shown over JMX");
        }
    }

    @Override
    public void removed(Name name) {
        ObjectName bean = shown.remove(name);
        if (bean != null) {
            unregister(bean);
        }
    }

    private void unregister(ObjectName bean) {
        try {
            server.unregisterMBean(bean);
        } catch (JMException e) {
            LOG.atWarn().setCause(e).addKeyValue("metric", bean).log("A metric cannot be taken out of JMX");
        }
    }

    @Override
    public void close() {
        shown.keySet().forEach(this::removed);
        unregister(marker);
    }

    private record Bean(Measure measure) implements DynamicMBean {
        @Override
        public Object getAttribute(String attribute) throws AttributeNotFoundException {
            Object value = measure.attributes().get(attribute);
            if (value == null) {
                throw new AttributeNotFoundException("there is no attribute '" + attribute + "'");
            }
            return value;
        }

        @Override
        public AttributeList getAttributes(String[] attributes) {
            Map<String, Object> values = measure.attributes();
            AttributeList list = new AttributeList();
            for (String attribute : attributes) {
                if (values.containsKey(attribute)) {
                    list.add(new Attribute(attribute, values.get(attribute)));
                }
            }
            return list;
        }

        @Override
        public void setAttribute(Attribute attribute) throws AttributeNotFoundException {
            throw new AttributeNotFoundException("'" + attribute.getName() + "' is not to be written");
        }

        @Override
        public AttributeList setAttributes(AttributeList attributes) {
            return new AttributeList();
        }

        @Override
        public Object invoke(String action, Object[] parameters, String[] signature) {
            throw new UnsupportedOperationException("a metric does nothing");
        }

        @Override
        public MBeanInfo getMBeanInfo() {
            MBeanAttributeInfo[] attributes = measure.attributes().entrySet().stream()
                    .map(e -> new MBeanAttributeInfo(e.getKey(), type(e.getValue()), "", true, false, false))
                    .toArray(MBeanAttributeInfo[]::new);
            return new MBeanInfo(measure.getClass().getName(), "", attributes, null, null, null);
        }

        private String type(Object value) {
            if (measure instanceof Gauge) {
                return Object.class.getName();
            }
            if (value instanceof Long) {
                return long.class.getName();
            }
            return value instanceof Double
                    ? double.class.getName()
                    : value.getClass().getName();
        }
    }
}
