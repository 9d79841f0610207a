package io.millrace.it;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.millrace.it.harness.Distribution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Imports run one way: framework/docs/decisions and DESIGN say which. */
class ArchitectureTest {
    private static final Map<String, List<String>> MAY_USE = Map.ofEntries(
            Map.entry("foundation", List.of()),
            Map.entry("api", List.of()),
            Map.entry("expression", List.of("foundation")),
            Map.entry("plugin", List.of("api", "foundation")),
            Map.entry("pipeline", List.of("expression", "api", "foundation")),
            Map.entry("layers", List.of("pipeline", "plugin", "expression", "api", "foundation")),
            Map.entry("worker", List.of("plugin", "pipeline", "api", "foundation")),
            Map.entry("http", List.of("foundation")),
            Map.entry("rest", List.of("http", "worker", "plugin", "foundation")),
            Map.entry("broker", List.of("foundation")),
            Map.entry("dev", List.of("foundation")),
            Map.entry("connectors", List.of("api")),
            Map.entry("connectors.common", List.of()),
            Map.entry("transforms", List.of("api")));

    private static JavaClasses all;

    @BeforeAll
    static void readClasses() throws IOException {
        Path project = Distribution.project();
        List<Path> places = new ArrayList<>();
        for (String module : List.of(
                "foundation", "api", "expression", "plugin", "pipeline", "layers", "http", "worker", "rest", "app")) {
            places.add(project.resolve("framework/" + module + "/target/classes"));
        }
        places.add(project.resolve("framework/dev-services/target/classes"));
        places.add(project.resolve("broker-lite/target/classes"));
        places.add(project.resolve("transforms/target/classes"));
        try (Stream<Path> connectors = Files.list(project.resolve("connectors"))) {
            connectors
                    .filter(folder -> Files.exists(folder.resolve("pom.xml")))
                    .sorted()
                    .forEach(folder -> places.add(folder.resolve("target/classes")));
        }
        assertThat(places).allSatisfy(place -> assertThat(place).isDirectory());
        all = new ClassFileImporter().importPaths(places);
    }

    @TestFactory
    List<DynamicTest> importsRunOneWay() {
        return MAY_USE.entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> {
                    List<String> allowed = new ArrayList<>(entry.getValue());
                    allowed.add(entry.getKey());
                    String[] packages = allowed.stream()
                            .map(name -> "io.millrace." + name + "..")
                            .toArray(String[]::new);
                    DescribedPredicate<JavaClass> forbidden =
                            resideInAPackage("io.millrace..").and(DescribedPredicate.not(resideInAnyPackage(packages)));
                    noClasses()
                            .that()
                            .resideInAPackage("io.millrace." + entry.getKey() + "..")
                            .should()
                            .dependOnClassesThat(forbidden)
                            .check(all);
                }))
                .toList();
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.millrace.(**)").should().beFreeOfCycles().check(all);
    }

    @Test
    void pluginsLogByTheApiThatKafkaConnectHas() {
        noClasses()
                .that()
                .resideInAnyPackage("io.millrace.connectors..", "io.millrace.transforms..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("org.slf4j.spi..", "org.slf4j.event.."))
                .because("Kafka Connect gives SLF4J 1.7 to its plugins: decision 0013")
                .check(all);
    }

    @Test
    void connectorsUseWhatTheyShareAndNotEachOther() {
        slices().matching("io.millrace.connectors.(*)..")
                .should()
                .notDependOnEachOther()
                .ignoreDependency(
                        resideInAPackage("io.millrace.connectors.."),
                        resideInAPackage("io.millrace.connectors.common.."))
                .check(all);
    }

    @Test
    void logicTakesChanceAndTimeFromOutside() {
        noClasses()
                .that()
                .resideInAnyPackage("io.millrace.pipeline..", "io.millrace.expression..", "io.millrace.foundation..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.Random")
                .check(all);
    }

    @Test
    void pipelineHasNeitherSocketsNorThreads() {
        noClasses()
                .that()
                .resideInAPackage("io.millrace.pipeline..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.net..", "java.util.concurrent..", "java.sql.."))
                .check(all);
    }

    @Test
    void internalsOfTheBrokerStayBehindItsAdapter() {
        classes()
                .that()
                .resideInAnyPackage("io.millrace..")
                .and()
                .resideOutsideOfPackage("io.millrace.broker..")
                .should()
                .onlyDependOnClassesThat(DescribedPredicate.not(
                        resideInAnyPackage("kafka..", "org.apache.kafka.server..", "org.apache.kafka.metadata..")))
                .check(all);
    }
}
