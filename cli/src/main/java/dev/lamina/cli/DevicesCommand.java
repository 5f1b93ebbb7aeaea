package dev.lamina.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lamina.cli.arguments.Options;
import dev.lamina.engine.backend.Device;
import dev.lamina.runtime.Backends;
import dev.lamina.runtime.Sizes;
import java.util.List;
import picocli.CommandLine.Model.OptionSpec;

/** Lists what can compute. */
final class DevicesCommand implements Command {
  private final Console console;
  private boolean json;

  @Override
  public void declare(Options options) {
    options.describe(
        "Lists the devices that layers can be placed on, and why others cannot be used.");
    options.add(
        OptionSpec.builder("--json").description("print one JSON object"),
        boolean.class,
        value -> json = value);
  }

  DevicesCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    List<Backends> backends = Backends.probeAll();
    if (json) {
      Json.print(console, json(backends));
      return;
    }
    for (Backends backend : backends) {
      if (!backend.availability().usable()) {
        console.line(backend.provider().name() + "  not used: " + backend.availability().reason());
      }
      backend.devices().forEach(this::print);
      for (String problem : backend.availability().problems()) {
        console.line(backend.provider().name() + "  not used: " + SafeText.oneLine(problem));
      }
    }
  }

  private void print(Device device) {
    console.line(device.id() + "  " + SafeText.oneLine(device.name()));
    field("kind", device.kind() == Device.Kind.ACCELERATOR ? "accelerator" : device.kind().name());
    field("version", device.version());
    field("driver", device.driver());
    field(
        "memory",
        Sizes.of(device.totalMemory()) + ", " + Sizes.of(device.freeMemory()) + " of it free");
    field("features", String.join(", ", device.features()));
    field("not used", device.problem());
    console.line("");
  }

  private void field(String name, String value) {
    if (!value.isBlank()) {
      console.line("  %-9s %s".formatted(name, SafeText.oneLine(value)));
    }
  }

  private static ObjectNode json(List<Backends> backends) {
    ObjectNode all = Json.object();
    ArrayNode list = all.putArray("backends");
    for (Backends backend : backends) {
      ObjectNode node = list.addObject();
      node.put("name", backend.provider().name());
      node.put("usable", backend.availability().usable());
      node.put("reason", backend.availability().reason());
      ArrayNode problems = node.putArray("problems");
      backend.availability().problems().forEach(problems::add);
      ArrayNode devices = node.putArray("devices");
      for (Device device : backend.devices()) {
        ObjectNode entry = devices.addObject();
        entry.put("id", device.id());
        entry.put("kind", device.kind().name());
        entry.put("name", device.name());
        entry.put("driver", device.driver());
        entry.put("version", device.version());
        entry.put("total_memory", device.totalMemory());
        entry.put("free_memory", device.freeMemory());
        ArrayNode features = entry.putArray("features");
        device.features().forEach(features::add);
        entry.put("problem", device.problem());
      }
    }
    return all;
  }
}
