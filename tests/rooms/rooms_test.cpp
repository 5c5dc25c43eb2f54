// SPDX-License-Identifier: MIT
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "rules.hpp"

namespace {

std::string const top = "// SPDX-License-Identifier: MIT\n#pragma once\n";

/// The complaints about a header of this path with these lines, as one text.
std::string complaints(std::string_view path, std::string const& body) {
  std::string result;
  for (auto const& complaint : rooms::check(path, top + body)) result += complaint + "\n";
  return result;
}

TEST(Rooms, EveryHeaderKeepsTheRules) {
  namespace fs = std::filesystem;
  fs::path const root = LINNET_INCLUDE_FOLDER;
  int headers = 0;
  for (auto const& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    std::string const path = fs::relative(entry.path(), root).generic_string();
    EXPECT_TRUE(path.ends_with(".hpp") || rooms::place_of(path).c) << path;
    std::ifstream file(entry.path());
    std::string const text{std::istreambuf_iterator<char>(file), {}};
    for (auto const& complaint : rooms::check(path, text)) ADD_FAILURE() << "include/linnet/" << complaint;
    ++headers;
  }
  EXPECT_GT(headers, 20);
}

TEST(Rooms, IncludesPointDownwardOnly) {
  EXPECT_TRUE(rooms::may_include("runtime", "config"));
  EXPECT_TRUE(rooms::may_include("analysis", "kernels"));
  EXPECT_FALSE(rooms::may_include("planner", "tensor"));
  EXPECT_FALSE(rooms::may_include("kernels", "graph"));
  EXPECT_FALSE(rooms::may_include("io", "quantizer"));
  for (auto const& a : rooms::table) {
    for (auto const& b : rooms::table) {
      EXPECT_TRUE(a.name == b.name || !rooms::may_include(a.name, b.name) ||
                  !rooms::may_include(b.name, a.name));
      EXPECT_FALSE(a.device && !b.device && rooms::may_include(a.name, b.name)) << a.name << " " << b.name;
    }
  }
}

TEST(Rooms, AcceptsWhatIsRight) {
  EXPECT_EQ(
      complaints("kernels/conv2d/traits.hpp", "#include <cstdint>\n#include <linnet/tensor/shape.hpp>\n"),
      "");
  EXPECT_EQ(complaints("config/arch.hpp",
                       "#include <xsimd/config/xsimd_arch.hpp>\n#if defined(__AVX2__)\n#endif\n"),
            "");
  EXPECT_EQ(
      complaints("kernels/dense/avx2.hpp", "#include <immintrin.h>\nauto x = _mm256_setzero_si256();\n"), "");
  EXPECT_EQ(complaints("kernels/dense/generic.hpp",
                       "#include <xsimd/xsimd.hpp>\n#ifdef LINNET_HAS_BATCHES\n#endif\n"),
            "");
  EXPECT_EQ(complaints("io/npy/read.hpp", "#include <vector>\n#include <linnet/session/error.hpp>\n"), "");
  EXPECT_EQ(complaints("base/text.hpp",
                       "// #include <vector>\n/* asm\n#define X */ auto c = \"#if __GNUC__ asm\";\n"),
            "");
  EXPECT_EQ(complaints("linnet.hpp", "#include <linnet/base/math.hpp>\n"), "");
  EXPECT_EQ(complaints("capi/a.h", "#include <stdint.h>\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n"), "");
  EXPECT_EQ(complaints("capi/a.hpp", "#include <new>\n#include <linnet/io/load.hpp>\n"), "");
}

TEST(Rooms, RefusesInAHeaderForCWhatCLacks) {
  EXPECT_EQ(complaints("capi/a.h", "#include <vector>\n"), "capi/a.h:3: a header for C includes <vector>\n");
  EXPECT_NE(complaints("capi/a.h", "#include <linnet/io/load.hpp>\n"), "");
  EXPECT_NE(complaints("capi/a.h", "#ifdef NDEBUG\n#endif\n"), "");
  EXPECT_NE(complaints("capi/a.h", "#define LINNET_A 1\n"), "");
  EXPECT_NE(complaints("capi/a.hpp", "#ifdef __cplusplus\n#endif\n"), "");
  EXPECT_NE(complaints("io/a.h", "#ifdef __cplusplus\n#endif\n"), "");
  EXPECT_NE(complaints("analysis/a.hpp", "#include <linnet/capi/linnet.h>\n"), "");
  EXPECT_FALSE(rooms::place_of("io/a.h").c);
}

TEST(Rooms, RefusesAnIncludeUpward) {
  EXPECT_EQ(complaints("kernels/conv2d/traits.hpp", "#include <linnet/graph/node.hpp>\n"),
            "kernels/conv2d/traits.hpp:3: kernels/ may not include graph/\n");
  EXPECT_NE(complaints("planner/plan.hpp", "#include <linnet/tensor/shape.hpp>\n"), "");
  EXPECT_NE(complaints("session/run.hpp", "#  include <linnet/io/load.hpp>\n"), "");
  EXPECT_NE(complaints("config/arch.hpp", "#include <linnet/base/math.hpp>\n"), "");
  EXPECT_NE(complaints("linnet.hpp", "#include <linnet/session/run.hpp>\n"), "");
  EXPECT_NE(complaints("base/math.hpp", "#include <linnet/linnet.hpp>\n"), "");
  EXPECT_NE(complaints("base/math.hpp", "#include \"text.hpp\"\n"), "");
  EXPECT_NE(complaints("base/math.hpp", "#include <linnet/cellar/x.hpp>\n"), "");
  EXPECT_NE(complaints("cellar/x.hpp", ""), "");
}

TEST(Rooms, RefusesWhatFirmwareLacks) {
  EXPECT_EQ(complaints("tensor/shape.hpp", "\n#include <vector>\n"),
            "tensor/shape.hpp:4: a device header includes <vector>, which firmware lacks\n");
  EXPECT_NE(complaints("base/math.hpp", "#include <cmath>\n"), "");
  EXPECT_NE(complaints("linnet.hpp", "#include <string>\n"), "");
  EXPECT_NE(complaints("base/arch.hpp", "#include <xsimd/config/xsimd_arch.hpp>\n"), "");
  EXPECT_NE(complaints("config/arch.hpp", "#include <xsimd/xsimd.hpp>\n"), "");
  EXPECT_NE(complaints("session/run.hpp", "#include <iostream>\n"), "");
}

TEST(Rooms, RefusesIntrinsicsOutsideAnArchitecturesFile) {
  EXPECT_NE(complaints("kernels/dense/reference.hpp", "#include <arm_neon.h>\n"), "");
  EXPECT_NE(complaints("kernels/avx2.hpp", "#include <immintrin.h>\n"), "");
  EXPECT_NE(complaints("session/run.hpp", "int n = 1'0; auto x = _mm_pause();\n"), "");
  EXPECT_NE(complaints("runtime/model.hpp", "asm volatile(\"nop\");\n"), "");
}

TEST(Rooms, RefusesConditionsAndMacrosOutsideConfig) {
  EXPECT_EQ(complaints("base/math.hpp", "#if defined(LINNET_X) && \\\n    __GNUC__ > 12\n#endif\n"),
            "base/math.hpp:3: a condition on __GNUC__ belongs in config/\n");
  EXPECT_NE(complaints("base/math.hpp", "#ifdef NDEBUG\n#endif\n"), "");
  EXPECT_NE(complaints("kernels/dense/avx2.hpp", "#if 0\n#elif defined(__AVX2__)\n#endif\n"), "");
  EXPECT_NE(complaints("io/load.hpp", "#define LINNET_LOAD 1\n"), "");
}

TEST(Rooms, RefusesAWrongFrame) {
  EXPECT_EQ(rooms::check("base/a.hpp", "#pragma once\n").size(), 2u);
  EXPECT_EQ(rooms::check("base/a.hpp", "").size(), 2u);
  std::string long_text;
  for (int i = 0; i < 398; ++i) long_text += "\n";
  EXPECT_EQ(complaints("base/a.hpp", long_text), "");
  EXPECT_NE(complaints("base/a.hpp", long_text + "\n"), "");
}

}  // namespace
