package dev.lamina.engine.backend;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The processors that Linux describes: which of them share a core, which cores are fast, and which
 * memory they are near. Other systems describe none. A processor is a hardware thread.
 */
public final class CpuTopology {
  /** Cores with less than this part of the fastest core's speed are not for computing. */
  private static final double FAST = 0.5;

  private final Path root;
  private final CpuMask allowed;

  private CpuTopology(Path root) {
    this.root = root;
    this.allowed = readAllowed();
  }

  /** This machine. */
  public static CpuTopology system() {
    return read(Path.of("/"));
  }

  /**
   * Reads the description below a folder.
   *
   * @param root has {@code sys} and {@code proc}
   */
  public static CpuTopology read(Path root) {
    return new CpuTopology(root);
  }

  /**
   * Processors that this process may use: its affinity as it started, within its control group.
   * None if the system does not say.
   */
  public CpuMask allowed() {
    return allowed;
  }

  private CpuMask readAllowed() {
    for (String line : text("proc/self/status").lines().toList()) {
      if (line.startsWith("Cpus_allowed_list:")) {
        return list(line.substring(line.indexOf(':') + 1));
      }
    }
    return list(text("sys/devices/system/cpu/online"));
  }

  /**
   * Number of cores to compute with among those that the process may use: the performance cores if
   * it may use any, otherwise all. 0 if the system does not describe them.
   */
  public int cores() {
    return cores(allowed);
  }

  /** The same among given processors. */
  public int cores(CpuMask among) {
    Set<String> seen = new HashSet<>();
    List<Integer> cores = new ArrayList<>();
    CpuMask fast = performance(among);
    for (int cpu = fast.next(0); cpu >= 0; cpu = fast.next(cpu + 1)) {
      String siblings = cpuText(cpu, "topology/thread_siblings_list");
      if (!siblings.isEmpty() && seen.add(siblings)) {
        cores.add(cpu);
      }
    }
    return fastest(cores);
  }

  /** Intel's hybrids list their kinds of cores. */
  private CpuMask performance(CpuMask among) {
    CpuMask fast = list(text("sys/devices/cpu_core/cpus")).and(among);
    return fast.isEmpty() ? among : fast;
  }

  /** Number of cores that are not much slower than the fastest, by one processor of each. */
  private int fastest(List<Integer> cores) {
    List<Long> speeds = new ArrayList<>();
    long most = 0;
    for (int cpu : cores) {
      String capacity = cpuText(cpu, "cpu_capacity");
      long speed = number(capacity.isEmpty() ? cpuText(cpu, "cpufreq/cpuinfo_max_freq") : capacity);
      speeds.add(speed);
      most = Math.max(most, speed);
    }
    int fast = 0;
    for (long speed : speeds) {
      if (speed >= FAST * most) {
        fast++;
      }
    }
    return fast;
  }

  /** The processors of each node that has any, by the nodes' numbers. */
  public List<CpuMask> nodes() {
    List<Integer> numbers = new ArrayList<>();
    try (DirectoryStream<Path> folders =
        Files.newDirectoryStream(root.resolve("sys/devices/system/node"), "node[0-9]*")) {
      for (Path node : folders) {
        numbers.add((int) number(node.getFileName().toString().substring("node".length())));
      }
    } catch (IOException e) {
      return List.of(); // a system without nodes
    }
    numbers.sort(Comparator.naturalOrder());
    return numbers.stream()
        .map(node -> list(text("sys/devices/system/node/node" + node + "/cpulist")))
        .filter(cpus -> !cpus.isEmpty())
        .toList();
  }

  /** Whether the system moves memory between nodes by itself, which costs speed. */
  public boolean balancesNodes() {
    return number(text("proc/sys/kernel/numa_balancing")) != 0;
  }

  private String cpuText(int cpu, String file) {
    return text("sys/devices/system/cpu/cpu" + cpu + "/" + file).strip();
  }

  /** A file's text; empty if there is none. */
  private String text(String file) {
    try {
      return Files.readString(root.resolve(file));
    } catch (IOException e) {
      return ""; // systems, kernels and containers differ in what they tell
    }
  }

  private static CpuMask list(String text) {
    try {
      return CpuMask.parseList(text);
    } catch (IllegalArgumentException e) {
      return CpuMask.NONE;
    }
  }

  private static long number(String text) {
    String digits = text.strip();
    return digits.matches("[0-9]{1,18}") ? Long.parseLong(digits) : 0;
  }
}
