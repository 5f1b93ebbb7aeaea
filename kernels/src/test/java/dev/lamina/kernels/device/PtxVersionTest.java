package dev.lamina.kernels.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The PTX claims an older {@code .version} than its compiler wrote, so that older drivers load it.
 * This test lists the PTX features in use, with the version that introduced each; source: Nvidia's
 * PTX ISA.
 */
class PtxVersionTest {
  /** Patterns of statements, and the version times ten that has them. */
  private static final Map<Pattern, Integer> SINCE = since();

  private static final Pattern COMMENT = Pattern.compile("//.*");
  private static final Pattern GUARD = Pattern.compile("^@!?%p\\d+\\s+");

  /** A statement's first words: a directive with its value, or an instruction. */
  private static final Pattern STATEMENT =
      Pattern.compile("^(\\.(?:pragma|target|version)\\s+[^;]*|\\.?[a-z_][\\w.]*)");

  static List<DeviceProgram> programs() {
    return DeviceProgram.all();
  }

  private static Map<Pattern, Integer> since() {
    Map<Pattern, Integer> since = new LinkedHashMap<>();
    String number = "(?:pred|[bsuf](?:8|16|32|64))";
    String integer = "[bsu](?:8|16|32|64)";
    Map.ofEntries(
            Map.entry("\\.(?:version|target) .*", 10),
            Map.entry("\\.(?:visible|reg|shared|global|param|entry|align)", 10),
            Map.entry("\\.maxntid", 13),
            Map.entry("\\.address_size", 23),
            Map.entry("\\.pragma \"nounroll\"", 20),
            Map.entry(
                "(?:add|sub|mul\\.lo|mad\\.lo|div|min|max|shl|shr|and|or|xor|not)\\.(?:pred|"
                    + integer
                    + ")",
                10),
            Map.entry("mul\\.wide\\.[us](?:16|32)", 10),
            Map.entry("(?:min|max|neg)\\.f32", 10),
            Map.entry("(?:add|sub|mul|div|rcp|sqrt)\\.rn\\.f32", 14),
            Map.entry("fma\\.(?:rn|rm)\\.f32", 20),
            Map.entry("ex2\\.approx\\.ftz\\.f32", 14),
            Map.entry("(?:mov|selp)\\." + number, 10),
            Map.entry("setp\\.(?:eq|ne|lt|le|gt|ge|leu)\\.[usf](?:16|32|64)", 10),
            Map.entry(
                "cvt\\.(?:rn\\.|rni\\.|sat\\.)?[usf](?:8|16|32|64)\\.[usf](?:8|16|32|64)", 10),
            Map.entry("(?:bfi|prmt|popc)\\.b32", 20),
            Map.entry("cvta\\.to\\.global\\.u64", 20),
            Map.entry("ld\\.global\\.nc\\.(?:v[24]\\.)?" + number, 31),
            Map.entry("(?:ld|st)\\.(?:global|shared|param)\\.(?:v[24]\\.)?" + number, 10),
            Map.entry("bar\\.sync|bra|bra\\.uni|ret", 10))
        .forEach((pattern, version) -> since.put(Pattern.compile(pattern), version));
    return since;
  }

  @ParameterizedTest
  @MethodSource("programs")
  void claimsNoLessThanItNeeds(DeviceProgram program) {
    String ptx = program.ptx();
    Matcher claim = Pattern.compile("(?m)^\\.version (\\d+)\\.(\\d)$").matcher(ptx);
    assertTrue(claim.find(), "it claims no version");
    int claimed = Integer.parseInt(claim.group(1)) * 10 + Integer.parseInt(claim.group(2));
    assertEquals(List.of(), newerThan(claimed, ptx));
    assertTrue(claimed >= 63, "sm_75 needs PTX 6.3");
  }

  /** The hint that compilers of 2025 write, and an instruction of 2022. */
  @Test
  void findsWhatIsNewer() {
    assertEquals(
        List.of(".pragma \"used_bytes_mask 255\"", "mbarrier.try_wait.shared.b64"),
        newerThan(
            74,
            """
            .version 7.4
            .pragma "nounroll";
            \t.pragma "used_bytes_mask 255";
            \t@%p1 mbarrier.try_wait.shared.b64 %p2, [%r1], %rd1;
            \tadd.s32 %r1, %r2, %r3; // shfl.sync.bfly.b32
            """));
    assertEquals(List.of("ld.global.nc.f32"), newerThan(30, "ld.global.nc.f32 %f1, [%rd1];"));
  }

  private static List<String> newerThan(int version, String ptx) {
    List<String> statements =
        ptx.lines()
            .map(line -> COMMENT.matcher(line).replaceFirst("").strip())
            .flatMap(line -> Pattern.compile("[;{}]").splitAsStream(line))
            .map(part -> STATEMENT.matcher(GUARD.matcher(part.strip()).replaceFirst("")))
            .filter(Matcher::find)
            .map(matcher -> matcher.group(1).strip())
            .distinct()
            .collect(Collectors.toCollection(ArrayList::new));
    statements.removeIf(statement ->
        SINCE.entrySet().stream()
            .anyMatch(known ->
                known.getValue() <= version && known.getKey().matcher(statement).matches()));
    return statements;
  }
}
