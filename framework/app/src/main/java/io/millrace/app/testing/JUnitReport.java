package io.millrace.app.testing;

import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Results as build servers read them: JUnit's XML, a suite for each pipeline. */
public final class JUnitReport {
    private static final String INDENT = "\n  ";

    private JUnitReport() {}

    public static String xml(List<TestReport.OfPipeline> pipelines) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeCharacters("\n");
            xml.writeStartElement("testsuites");
            for (TestReport.OfPipeline pipeline : pipelines) {
                suite(pipeline, xml);
            }
            xml.writeCharacters("\n");
            xml.writeEndElement();
            xml.writeCharacters("\n");
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("text cannot be written to memory", e);
        }
        return text.toString();
    }

    private static void suite(TestReport.OfPipeline pipeline, XMLStreamWriter xml) throws XMLStreamException {
        Duration all = pipeline.results().stream().map(TestResult::took).reduce(Duration.ZERO, Duration::plus);
        xml.writeCharacters(INDENT);
        xml.writeStartElement("testsuite");
        xml.writeAttribute("name", legal(pipeline.pipeline()));
        xml.writeAttribute("file", legal(pipeline.file()));
        xml.writeAttribute("tests", Integer.toString(pipeline.results().size()));
        xml.writeAttribute("failures", Long.toString(pipeline.failed()));
        xml.writeAttribute("errors", "0");
        xml.writeAttribute("skipped", "0");
        xml.writeAttribute("time", seconds(all));
        for (TestResult result : pipeline.results()) {
            xml.writeCharacters(INDENT + "  ");
            xml.writeStartElement("testcase");
            xml.writeAttribute("classname", legal(pipeline.pipeline()));
            xml.writeAttribute("name", legal(result.test().name()));
            xml.writeAttribute("time", seconds(result.took()));
            if (!result.passed()) {
                xml.writeStartElement("failure");
                xml.writeAttribute("message", legal(result.failures().get(0).message()));
                xml.writeCharacters(legal(result.failures().stream()
                        .map(failure -> failure.place() + " " + failure.message()
                                + failure.details().stream()
                                        .map(detail -> "\n  " + detail)
                                        .collect(Collectors.joining()))
                        .collect(Collectors.joining("\n"))));
                xml.writeEndElement();
            }
            xml.writeEndElement();
        }
        xml.writeCharacters(INDENT);
        xml.writeEndElement();
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.3f", time.toNanos() / 1e9);
    }

    /** Without what XML 1.0 cannot hold. */
    private static String legal(String text) {
        return text.codePoints()
                .map(c -> c == '\n'
                                || c == '\t'
                                || (c >= ' ' && c < 0xD800)
                                || (c >= 0xE000 && c != 0xFFFE && c != 0xFFFF)
                        ? c
                        : '?')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
