package dev.lamina.cli;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
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
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The one direction of dependency, over the classes of all modules. */
class LayeringTest {
  private static final String[] FRONTENDS = {"dev.lamina.cli..", "dev.lamina.bench.."};

  private static JavaClasses classes;

  @BeforeAll
  static void readClasses() {
    classes =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.lamina");
  }

  @Test
  void allModulesAreSeen() {
    for (String known : new String[] {"kernels.TensorType", "engine.gguf.GgufFile", "cli.Lamina"}) {
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

  @Test
  void kernelsKnowNoOtherModule() {
    noClasses()
        .that()
        .resideInAPackage("dev.lamina.kernels..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("dev.lamina..").and(not(resideInAPackage("dev.lamina.kernels.."))))
        .check(classes);
  }

  @Test
  void engineKnowsNoBackend() {
    noClasses()
        .that()
        .resideInAPackage("dev.lamina.engine..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.lamina.cpu..", "dev.lamina.gpu..", "dev.lamina.bench..", "dev.lamina.cli..")
        .check(classes);
  }

  @Test
  void backendsKnowNoFrontend() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.lamina.cpu..", "dev.lamina.gpu..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(FRONTENDS)
        .allowEmptyShould(true)
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

  /** A package counts as one with those below it: a registry names its implementations. */
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
}
