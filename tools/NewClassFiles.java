import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Gives the classes in a folder's jars that are older than Java 6 a newer format. The JVM does not
 * archive old ones, and takes 40 ms to load and verify those of picocli at every start.
 *
 * <p>{@code java NewClassFiles.java FOLDER}
 */
final class NewClassFiles {
  private static final int OLDEST = ClassFile.JAVA_6_VERSION;

  private NewClassFiles() {}

  public static void main(String[] args) throws IOException {
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of(args[0]), "*.jar")) {
      for (Path jar : jars) {
        if (isOld(jar)) {
          rewrite(jar);
        }
      }
    }
  }

  private static boolean isClass(ZipEntry entry) {
    return entry.getName().endsWith(".class") && !entry.getName().startsWith("META-INF/");
  }

  /** Whether the first class of a jar is old. */
  private static boolean isOld(Path jar) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : List.copyOf(zip.stream().toList())) {
        if (isClass(entry)) {
          return version(read(zip, entry)) < OLDEST;
        }
      }
      return false;
    }
  }

  /** The format's version, in bytes 6 and 7. */
  private static int version(byte[] bytes) {
    return (bytes[6] & 0xFF) << 8 | bytes[7] & 0xFF;
  }

  private static byte[] read(ZipFile zip, ZipEntry entry) throws IOException {
    try (InputStream in = zip.getInputStream(entry)) {
      return in.readAllBytes();
    }
  }

  private static void rewrite(Path jar) throws IOException {
    Path part = Path.of(jar + ".part");
    try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()});
        ZipFile zip = new ZipFile(jar.toFile());
        ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(part))) {
      ClassFile format =
          ClassFile.of(
              ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
              ClassFile.ClassHierarchyResolverOption.of(
                  ClassHierarchyResolver.ofResourceParsing(loader).cached()));
      for (ZipEntry entry : List.copyOf(zip.stream().toList())) {
        byte[] bytes = read(zip, entry);
        if (isClass(entry) && version(bytes) < OLDEST) {
          bytes = renew(format, bytes);
        }
        ZipEntry copy = new ZipEntry(entry.getName());
        copy.setTime(entry.getTime());
        out.putNextEntry(copy);
        out.write(bytes);
        out.closeEntry();
      }
    }
    Files.move(part, jar, StandardCopyOption.REPLACE_EXISTING);
  }

  /** The same class with what newer formats have besides: types at the targets of jumps. */
  private static byte[] renew(ClassFile format, byte[] bytes) {
    ClassModel old = format.parse(bytes);
    return format.transformClass(
        old,
        ClassTransform.transformingMethodBodies((code, element) -> code.with(element))
            .andThen(
                ClassTransform.endHandler(
                    builder -> builder.withVersion(ClassFile.JAVA_8_VERSION, 0))));
  }
}
