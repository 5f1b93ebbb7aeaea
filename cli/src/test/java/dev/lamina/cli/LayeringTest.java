package dev.lamina.cli;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.lamina.kernels.TensorType;
import java.io.File;
import java.io.FileOutputStream;
import java.io.FileWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks the direction of dependencies, for the classes of all modules. */
class LayeringTest {
  private static final String[] FRONTENDS = {"dev.lamina.cli..", "dev.lamina.bench.."};

  private static JavaClasses classes;

  @BeforeAll
  static void readClasses() {
    classes =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("test-support"))
            .importPackages("dev.lamina");
  }

  @Test
  void allModulesAreSeen() {
    for (String known :
        new String[] {
          "kernels.TensorType",
          "gguf.GgufFile",
          "text.tokenizer.Tokenizer",
          "quantize.QuantizePlan",
          "Lamina",
          "cli.Lamina"
        }) {
      assertTrue(classes.contain("dev.lamina." + known), known);
    }
  }

  @Test
  void onlyTheCpuBackendUsesTheVectorApi() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.lamina.cpu..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jdk.incubator.vector..")
        .check(classes);
  }

  /** Where machine code computes, the module of the Vector API is not loaded. */
  @Test
  void onlyThePackageOfKernelsUsesVectors() {
    noClasses()
        .that()
        .resideInAPackage("dev.lamina.cpu..")
        .and()
        .resideOutsideOfPackage("dev.lamina.cpu.kernel..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jdk.incubator.vector..")
        .check(classes);
  }

  @Test
  void onlyTheGpuBackendsTalkToDrivers() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.lamina.gpu..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.jocl..", "jcuda..")
        .check(classes);
  }

  /** The packages of a module, and the modules that it may use. */
  record Room(String packages, List<String> knows) {}

  private static final List<Room> ROOMS =
      List.of(
          new Room("dev.lamina.kernels..", List.of()),
          new Room("dev.lamina.gguf..", List.of("dev.lamina.kernels..")),
          new Room("dev.lamina.text..", List.of("dev.lamina.gguf..")),
          new Room(
              "dev.lamina.engine..",
              List.of("dev.lamina.kernels..", "dev.lamina.gguf..", "dev.lamina.text..")),
          new Room(
              "dev.lamina.cpu..",
              List.of("dev.lamina.kernels..", "dev.lamina.gguf..", "dev.lamina.engine..")),
          new Room(
              "dev.lamina.gpu..",
              List.of("dev.lamina.kernels..", "dev.lamina.gguf..", "dev.lamina.engine..")),
          new Room(
              "dev.lamina.quantize..",
              List.of(
                  "dev.lamina.kernels..",
                  "dev.lamina.gguf..",
                  "dev.lamina.text..",
                  "dev.lamina.engine..")));

  static List<Room> rooms() {
    return ROOMS;
  }

  @ParameterizedTest
  @MethodSource("rooms")
  void modulesKnowThoseBelowThemOnly(Room room) {
    List<String> known = new ArrayList<>(room.knows());
    known.add(room.packages());
    noClasses()
        .that()
        .resideInAPackage(room.packages())
        .should()
        .dependOnClassesThat(
            resideInAPackage("dev.lamina..")
                .and(not(resideInAnyPackage(known.toArray(String[]::new)))))
        .check(classes);
  }

  /** The backends are found at run time. */
  @Test
  void frontDoorKnowsNoBackendAndNoFrontend() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.lamina", "dev.lamina.chat..", "dev.lamina.runtime..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.lamina.cpu..",
            "dev.lamina.gpu..",
            "dev.lamina.quantize..",
            "dev.lamina.bench..",
            "dev.lamina.cli..")
        .check(classes);
  }

  @Test
  void measurementKnowsNoCommandLine() {
    noClasses()
        .that()
        .resideInAPackage("dev.lamina.bench..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.lamina.gpu..", "dev.lamina.cli..")
        .check(classes);
  }

  @Test
  void commandLineUsesNoKernelsAndNoBackendDirectly() {
    noClasses()
        .that()
        .resideInAPackage("dev.lamina.cli..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("dev.lamina.cpu..", "dev.lamina.gpu..")
                .or(
                    resideInAPackage("dev.lamina.kernels..")
                        .and(not(belongToAnyOf(TensorType.class)))))
        .check(classes);
  }

  /** A package counts as one with its subpackages: a registry names its implementations. */
  @Test
  void packagesFormNoCycle() {
    slices().matching("dev.lamina.(*).(*)..").should().beFreeOfCycles().check(classes);
    slices().matching("dev.lamina.(*)..").should().beFreeOfCycles().check(classes);
  }

  @Test
  void onlyFrontendsReadPropertiesAndEnvironment() {
    noClasses()
        .that()
        .resideOutsideOfPackages(FRONTENDS)
        .should()
        .callMethod(System.class, "getProperty", String.class)
        .orShould()
        .callMethod(System.class, "getProperty", String.class, String.class)
        .orShould()
        .callMethod(System.class, "getProperties")
        .orShould()
        .callMethod(System.class, "getenv", String.class)
        .orShould()
        .callMethod(System.class, "getenv")
        .orShould()
        .callMethod(Integer.class, "getInteger", String.class)
        .orShould()
        .callMethod(Long.class, "getLong", String.class)
        .orShould()
        .callMethod(Boolean.class, "getBoolean", String.class)
        .check(classes);
  }

  @Test
  void onlyOnePackageWritesFiles() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.lamina.gguf.output")
        .should()
        .callMethodWhere(describe("it writes a file", LayeringTest::writesFiles))
        .orShould()
        .callConstructorWhere(describe("it opens a file to write", LayeringTest::opensFile))
        .orShould()
        .accessField(StandardOpenOption.class, "WRITE")
        .orShould()
        .accessField(StandardOpenOption.class, "APPEND")
        .check(classes);
  }

  private static final Set<String> WRITERS =
      Set.of(
          "write",
          "writeString",
          "newOutputStream",
          "newBufferedWriter",
          "newByteChannel",
          "copy",
          "move",
          "createFile",
          "createTempFile",
          "createTempDirectory");

  private static boolean writesFiles(JavaMethodCall call) {
    String name = call.getTarget().getName();
    boolean toFile =
        call.getTarget().getRawParameterTypes().stream()
            .anyMatch(type -> type.isEquivalentTo(File.class));
    return call.getTargetOwner().isEquivalentTo(Files.class) && WRITERS.contains(name)
        || call.getTargetOwner().isEquivalentTo(File.class)
            && (name.startsWith("create") || name.equals("deleteOnExit"))
        || toFile && name.startsWith("write");
  }

  private static boolean opensFile(JavaConstructorCall call) {
    JavaClass type = call.getTargetOwner();
    return Stream.of(FileOutputStream.class, FileWriter.class, PrintStream.class, PrintWriter.class)
                .anyMatch(type::isEquivalentTo)
            && call.getTarget().getRawParameterTypes().stream()
                .anyMatch(
                    first -> first.isEquivalentTo(File.class) || first.isEquivalentTo(String.class))
            && !call.getTarget()
                .getRawParameterTypes()
                .getFirst()
                .isAssignableTo(OutputStream.class)
        || type.isEquivalentTo(RandomAccessFile.class);
  }

  @Test
  void onlyFrontendsPrint() {
    noClasses()
        .that()
        .resideOutsideOfPackages(FRONTENDS)
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .callMethod(Throwable.class, "printStackTrace")
        .check(classes);
  }

  /** Every package has a description of its purpose and of its dependencies. */
  @Test
  void everyPackageSaysWhatItIsFor() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(".."), 12)) {
      List<Path> silent =
          files
              .filter(file -> file.toString().matches(".*/src/main/java/.*\\.java"))
              .map(Path::getParent)
              .distinct()
              .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
              .toList();
      assertEquals(List.of(), silent);
    }
  }
}
