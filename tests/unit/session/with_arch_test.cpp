// SPDX-License-Identifier: MIT
#include <algorithm>
#include <concepts>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/session/with_arch.hpp>

#include "support/tags.hpp"

namespace {

using namespace linnet;

std::string name_called(std::string_view name) {
  std::string called;
  bool const found = with_arch(name, [&]<class Arch>(Arch) { called += Arch::name; });
  EXPECT_EQ(found, !called.empty()) << name;
  return called;
}

TEST(with_arch, calls_once_with_the_tag_whose_kernels_that_architecture_has) {
  support::for_each_tag([]<class Tag>(Tag) {
    bool same = false;
    using nearest = kernels::with_own_kernels<Tag>;
    EXPECT_TRUE(with_arch(Tag::name, [&]<class Arch>(Arch) { same = std::same_as<Arch, nearest>; }));
    EXPECT_TRUE(same) << Tag::name;
    EXPECT_EQ(name_called(Tag::name), nearest::name);
  });
}

TEST(with_arch, native_is_the_architecture_of_the_build) {
  EXPECT_EQ(name_called("native"), kernels::with_own_kernels<arch::native>::name);
}

TEST(with_arch, knows_no_other_names) {
  for (std::string_view name : {"", "Scalar", "scalar ", "scala", "scalars", "avx", "neon", "native\n"})
    EXPECT_EQ(name_called(name), "");
}

TEST(all_architectures, names_every_parent_before_its_children) {
  std::vector<std::string_view> before;
  [&]<class... Tag>(kernels::type_list<Tag...>) {
    auto const add = [&]<class T>(T) {
      if constexpr (!std::same_as<typename T::parent, void>) {
        EXPECT_NE(std::ranges::find(before, std::string_view(T::parent::name)), before.end()) << T::name;
      }
      EXPECT_EQ(std::ranges::find(before, std::string_view(T::name)), before.end()) << "two of one name";
      before.emplace_back(T::name);
    };
    (add(Tag{}), ...);
  }(all_architectures{});
}

TEST(architecture_names, lists_all_that_with_arch_knows) {
  EXPECT_TRUE(architecture_names().starts_with("native, scalar, "));
  support::for_each_tag([&]<class Tag>(Tag) {
    EXPECT_NE((architecture_names() + ",").find(" " + std::string(Tag::name) + ","), std::string::npos);
  });
}

}  // namespace
