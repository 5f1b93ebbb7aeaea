import dev.lamina.kernels.device.DeviceProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the source of every device program to NAME.cu in a folder. Run by tools/ptx.sh. */
final class DeviceSources {
  private DeviceSources() {}

  public static void main(String[] args) throws IOException {
    for (DeviceProgram program : DeviceProgram.all()) {
      Files.writeString(Path.of(args[0], program.name() + ".cu"), program.source());
    }
  }
}
