// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <initializer_list>
#include <new>
#include <string>
#include <string_view>

#include <linnet/capi/linnet.h>
#include <linnet/session/error.hpp>
#include <linnet/session/program.hpp>
#include <linnet/session/tensor_ref.hpp>

// What goes to and fro between C and C++: statuses, messages, tensors; and what may not, exceptions.
namespace linnet::inline LINNET_ISA::capi {

/// The status that C programs see of an error's code.
[[nodiscard]] constexpr linnet_status status_of(errc code) {
  switch (code) {
    case errc::file_not_readable: return linnet_file_not_readable;
    case errc::file_not_writable: return linnet_file_not_writable;
    case errc::malformed: return linnet_malformed;
    case errc::not_supported: return linnet_not_supported;
    case errc::invalid_graph: return linnet_invalid_graph;
    case errc::too_large: return linnet_too_large;
    case errc::wrong_argument: return linnet_wrong_argument;
  }
  return linnet_unforeseen;
}

/// The type that C programs see of an element type.
[[nodiscard]] constexpr linnet_type type_of(element_type type) {
  switch (type) {
    case f32: return linnet_f32;
    case f16: return linnet_f16;
    case bf16: return linnet_bf16;
    case s64: return linnet_s64;
    case s32: return linnet_s32;
    case s16: return linnet_s16;
    case s8: return linnet_s8;
    case u8: return linnet_u8;
    case s4: return linnet_s4;
    case s2: return linnet_s2;
    case s1: return linnet_s1;
  }
  return linnet_f32;
}

/// One of `count` numbers of an enumeration of linnet's, or a refusal that names it.
template <class Enumeration>
[[nodiscard]] result<Enumeration> enumerator(long long number, long long count, char const* name) {
  if (number >= 0 && number < count) return static_cast<Enumeration>(number);
  return fail(errc::wrong_argument, "options: there is no " + std::string(name) + " " +
                                        std::to_string(number) + ", only 0 to " + std::to_string(count - 1));
}

/// What a caller's options ask for. Those of an older version are shorter: what they lack is as it was.
[[nodiscard]] inline result<session_options> options_of(linnet_options const& given) {
  if (given.size < sizeof given.size || given.size > sizeof given) {
    return fail(errc::wrong_argument, "options: size is " + std::to_string(given.size) +
                                          " bytes, not sizeof(linnet_options), which is " +
                                          std::to_string(sizeof given));
  }
  linnet_options o{};
  std::memcpy(&o, &given, given.size);
  session_options made;
  auto const rule = enumerator<std::int32_t>(o.rounding, linnet_reduced_multiplier + 1LL, "rounding");
  if (!rule) return unexpected(rule.error());
  if (*rule != linnet_rounding_of_model) made.rounding = static_cast<rounding>(*rule - 1);
  auto const policy = enumerator<memory_policy>(o.policy, linnet_least_memory + 1LL, "memory policy");
  if (!policy) return unexpected(policy.error());
  if (o.budget < 0 || o.memory_limit < 0 || (o.budget == 0) == (*policy == memory_policy::within))
    return fail(errc::wrong_argument,
                "options: budget and memory_limit are bytes, and budget is for linnet_within alone");
  made.plan = {.policy = *policy, .budget = o.budget, .stream_input = o.stream_input != 0};
  if (o.memory_limit != 0) made.memory_limit = o.memory_limit;
  return made;
}

/// Fills what the caller gave for an error, if anything, and hands on the status. A message that is too long
/// is cut between two characters of UTF-8.
inline linnet_status tell(linnet_error* error, linnet_status status, std::string_view message) noexcept {
  if (error == nullptr) return status;
  constexpr std::size_t room = linnet_message_size - 1;
  std::size_t size = std::min(message.size(), room);
  if (size < message.size()) {
    while (size > 0 && (static_cast<unsigned char>(message[size]) & 0xC0u) == 0x80u) --size;
  }
  error->status = status;
  *std::copy_n(message.data(), size, error->message) = '\0';
  return status;
}

/// Calls a body that gives result<void>. Nothing that it throws gets further.
template <class Body>
linnet_status guarded(linnet_error* error, Body&& body) noexcept {
  try {
    result<void> const made = body();
    if (made) return tell(error, linnet_ok, "");
    return tell(error, status_of(made.error().code), made.error().message);
  } catch (std::bad_alloc const&) {
    return tell(error, linnet_out_of_memory, "there is not enough memory");
  } catch (std::exception const& e) {
    return tell(error, linnet_unforeseen, e.what());
  } catch (...) {
    return tell(error, linnet_unforeseen, "something was thrown that is no std::exception");
  }
}

/// A pointer that a function cannot do without.
struct named_pointer {
  void const* pointer;  ///< as the caller gave it; null: it forgot to
  char const* name;     ///< of the argument, for the message
};

/// Fails where one of a function's pointers is null.
[[nodiscard]] inline result<void> given(char const* function, std::initializer_list<named_pointer> pointers) {
  for (named_pointer const& p : pointers) {
    if (p.pointer == nullptr) {
      return fail(errc::wrong_argument, std::string(function) + ": " + p.name + " is a null pointer");
    }
  }
  return {};
}

/// A tensor as C programs see it. `name` and the tensor's bytes must outlive it.
[[nodiscard]] inline linnet_tensor described(tensor_ref const& t, std::string const& name) {
  linnet_tensor made{};
  made.name = name.c_str();
  made.type = type_of(t.type);
  made.rank = static_cast<std::int32_t>(t.shape.rank());
  std::ranges::fill(made.extents, 1);
  std::ranges::copy(t.shape, made.extents);
  made.scale = t.quantization.scale;
  made.zero_point = t.quantization.zero_point;
  made.data = t.bytes.data();
  made.size = t.bytes.size();
  return made;
}

}  // namespace linnet::inline LINNET_ISA::capi
