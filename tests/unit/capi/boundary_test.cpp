// SPDX-License-Identifier: MIT
#include <new>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include <linnet/capi/boundary.hpp>

namespace {

using namespace linnet;

TEST(boundary, every_code_and_every_type_has_a_number_of_its_own_that_stays) {
  int status = linnet_ok;
  for (errc code : {errc::file_not_readable, errc::file_not_writable, errc::malformed, errc::not_supported,
                    errc::invalid_graph, errc::too_large, errc::wrong_argument})
    EXPECT_EQ(capi::status_of(code), ++status);
  int type = 0;
  for (element_type t : {f32, f16, bf16, s64, s32, s16, s8, u8, s4, s2, s1})
    EXPECT_EQ(capi::type_of(t), type++);
  EXPECT_EQ(std::size_t{linnet_max_rank}, max_rank);
}

TEST(boundary, what_is_thrown_becomes_a_status) {
  linnet_error error;
  EXPECT_EQ(capi::guarded(&error, []() -> result<void> { throw std::bad_alloc(); }), linnet_out_of_memory);
  EXPECT_EQ(error.status, linnet_out_of_memory);
  EXPECT_STREQ(error.message, "there is not enough memory");
  EXPECT_EQ(capi::guarded(&error, []() -> result<void> { throw std::length_error("too long"); }),
            linnet_unforeseen);
  EXPECT_STREQ(error.message, "too long");
  EXPECT_EQ(capi::guarded(&error, []() -> result<void> { throw 1; }), linnet_unforeseen);
  EXPECT_STRNE(error.message, "too long");
  EXPECT_EQ(capi::guarded(nullptr, []() -> result<void> { throw 1; }), linnet_unforeseen);
}

TEST(boundary, success_wipes_what_an_earlier_call_said) {
  linnet_error error;
  EXPECT_EQ(capi::guarded(&error, [] { return result<void>(fail(errc::malformed, "it is damaged")); }),
            linnet_malformed);
  EXPECT_STREQ(error.message, "it is damaged");
  EXPECT_EQ(capi::guarded(&error, [] { return result<void>(); }), linnet_ok);
  EXPECT_EQ(error.status, linnet_ok);
  EXPECT_STREQ(error.message, "");
}

TEST(boundary, a_long_message_is_cut_between_characters) {
  struct {
    linnet_error error;
    char behind = 'x';
  } place;
  linnet_error& error = place.error;
  std::string const fits(linnet_message_size - 1, 'a');
  EXPECT_EQ(capi::tell(&error, linnet_malformed, fits), linnet_malformed);
  EXPECT_EQ(error.message, fits);
  capi::tell(&error, linnet_malformed, fits + "b");
  EXPECT_EQ(error.message, fits);
  std::string const umlaut = std::string(linnet_message_size - 2, 'a') + "\xC3\xBC";  // needs the last place
  capi::tell(&error, linnet_malformed, umlaut);
  EXPECT_EQ(error.message, umlaut.substr(0, linnet_message_size - 2));
  EXPECT_EQ(place.behind, 'x');
}

TEST(boundary, a_tensor_has_extents_of_one_beyond_its_rank) {
  std::vector<std::byte> bytes(6);
  std::string const name = "x";
  linnet_tensor const t = capi::described({u8, {2, 3}, {0.5f, 7}, bytes, "not this one"}, name);
  EXPECT_EQ(t.name, name.c_str());
  EXPECT_EQ(t.type, linnet_u8);
  EXPECT_EQ(t.rank, 2);
  EXPECT_EQ(std::vector<std::int32_t>(t.extents, t.extents + linnet_max_rank),
            (std::vector<std::int32_t>{2, 3, 1, 1, 1, 1}));
  EXPECT_EQ(t.scale, 0.5f);
  EXPECT_EQ(t.zero_point, 7);
  EXPECT_EQ(t.data, bytes.data());
  EXPECT_EQ(t.size, 6u);
}

TEST(boundary, the_first_null_pointer_is_named) {
  int some = 0;
  EXPECT_TRUE(capi::given("f", {{&some, "a"}, {&some, "b"}}));
  auto const missing = capi::given("f", {{&some, "a"}, {nullptr, "b"}, {nullptr, "c"}});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, errc::wrong_argument);
  EXPECT_EQ(missing.error().message, "f: b is a null pointer");
}

}  // namespace
