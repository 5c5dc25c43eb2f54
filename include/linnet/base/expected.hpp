// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <new>
#include <type_traits>
#include <utility>

#include <linnet/config/arch.hpp>

namespace linnet::inline LINNET_ISA {

/// Wraps an error on its way into an `expected`.
template <class E>
class unexpected {
 public:
  /// Keeps the reason.
  constexpr explicit unexpected(E error) : error_(std::move(error)) {}
  [[nodiscard]] constexpr E const& error() const& noexcept { return error_; }
  [[nodiscard]] constexpr E&& error() && noexcept { return std::move(error_); }

 private:
  E error_;
};

namespace detail {

template <class T, class E>
inline constexpr bool plain_values = std::is_trivially_copyable_v<T>&& std::is_trivially_copyable_v<E>;

/// One of two values in a union. Plain values copy with the union, in constant expressions too; the others
/// are copied by hand (two storages instead of constrained special members: clang 14 lacks those).
template <class T, class E, bool Plain = plain_values<T, E>>
struct either {
  template <class U>
  constexpr either(std::true_type, U&& from) : value(std::forward<U>(from)), has_value(true) {}
  template <class G>
  constexpr either(std::false_type, G&& from) : error(std::forward<G>(from)), has_value(false) {}

  union {
    T value;
    E error;
  };
  bool has_value;
};

template <class T, class E>
struct either<T, E, false> {
  template <class U>
  either(std::true_type, U&& from) : value(std::forward<U>(from)), has_value(true) {}
  template <class G>
  either(std::false_type, G&& from) : error(std::forward<G>(from)), has_value(false) {}
  either(either const& other) : has_value(other.has_value) { construct(other); }
  either(either&& other) noexcept : has_value(other.has_value) { construct(std::move(other)); }
  either& operator=(either other) noexcept {
    destroy();
    has_value = other.has_value;
    construct(std::move(other));
    return *this;
  }
  ~either() { destroy(); }

  template <class Other>
  void construct(Other&& other) {
    if (has_value) {
      ::new (static_cast<void*>(&value)) T(std::forward<Other>(other).value);
    } else {
      ::new (static_cast<void*>(&error)) E(std::forward<Other>(other).error);
    }
  }
  void destroy() noexcept {
    if (has_value) {
      value.~T();
    } else {
      error.~E();
    }
  }

  union {
    T value;
    E error;
  };
  bool has_value;
};

/// The value of a success that has none: a success makes no error, which compilers would have to carry along.
struct nothing {};

}  // namespace detail

/// A value or the reason why there is none: the part of C++23's `std::expected` that linnet needs, usable in
/// constant expressions and without exceptions. Reading the absent side is undefined, as it is there.
template <class T, class E>
class [[nodiscard]] expected {
 public:
  using value_type = T;
  using error_type = E;

  /// A success with that value; the other one: a failure with that reason.
  template <class U = T>
    requires(!std::same_as<std::remove_cvref_t<U>, expected> && std::constructible_from<T, U>)
  constexpr expected(U&& value) : either_(std::true_type{}, std::forward<U>(value)) {}
  template <class G>
    requires std::constructible_from<E, G>
  constexpr expected(unexpected<G> failure) : either_(std::false_type{}, std::move(failure).error()) {}

  [[nodiscard]] constexpr bool has_value() const noexcept { return either_.has_value; }
  constexpr explicit operator bool() const noexcept { return either_.has_value; }
  [[nodiscard]] constexpr T& operator*() & noexcept { return either_.value; }
  [[nodiscard]] constexpr T const& operator*() const& noexcept { return either_.value; }
  [[nodiscard]] constexpr T&& operator*() && noexcept { return std::move(either_.value); }
  [[nodiscard]] constexpr T* operator->() noexcept { return &either_.value; }
  [[nodiscard]] constexpr T const* operator->() const noexcept { return &either_.value; }
  [[nodiscard]] constexpr E const& error() const& noexcept { return either_.error; }
  [[nodiscard]] constexpr E&& error() && noexcept { return std::move(either_.error); }

 private:
  detail::either<T, E> either_;
};

/// Success, or the reason of a failure.
template <class E>
class [[nodiscard]] expected<void, E> {
 public:
  using value_type = void;
  using error_type = E;

  constexpr expected() : either_(std::true_type{}, detail::nothing{}) {}
  template <class G>
    requires std::constructible_from<E, G>
  constexpr expected(unexpected<G> failure) : either_(std::false_type{}, std::move(failure).error()) {}

  [[nodiscard]] constexpr bool has_value() const noexcept { return either_.has_value; }
  constexpr explicit operator bool() const noexcept { return either_.has_value; }
  [[nodiscard]] constexpr E const& error() const& noexcept { return either_.error; }
  [[nodiscard]] constexpr E&& error() && noexcept { return std::move(either_.error); }

 private:
  detail::either<detail::nothing, E> either_;
};

}  // namespace linnet::inline LINNET_ISA
