// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <flatbuffers/base.h>
#include <flatbuffers/table.h>
#include <flatbuffers/verifier.h>

#include <linnet/base/bytes.hpp>

namespace linnet::inline LINNET_ISA::io::tflite {

static_assert(std::endian::native == std::endian::little, "the file and its tensors are little endian");

class table;

/// The bytes of a FlatBuffers file, read on trust of nothing: every offset, vtable, field and length is held
/// against the size of the file before it is followed. Whatever would lie outside or unaligned reads as
/// absent, and `damaged()` is true from then on. At most 2^22 tables are followed, one level deep at a time:
/// a file cannot make a reader loop or recurse.
class document {
 public:
  /// How long a file may be: what FlatBuffers' 32-bit offsets reach.
  static constexpr std::size_t most_bytes = FLATBUFFERS_MAX_BUFFER_SIZE - 1;

  /// Preconditions: at most `most_bytes` bytes, aligned to 8; they outlive the document and all its tables.
  explicit document(std::span<std::byte const> bytes)
      : bytes_(bytes),
        verifier_(reinterpret_cast<std::uint8_t const*>(bytes.data()), bytes.size(), limits()) {}
  document(document const&) = delete;
  document& operator=(document const&) = delete;

  /// Whether something was found outside of the file, or not aligned.
  [[nodiscard]] bool damaged() const { return damaged_; }
  /// Whether bytes 4 to 7 are these.
  [[nodiscard]] bool has_identifier(std::string_view identifier) const {
    if (bytes_.size() < 8) return false;
    return std::string_view(reinterpret_cast<char const*>(bytes_.data()) + 4, 4) == identifier;
  }
  /// The table that the file begins with.
  [[nodiscard]] table root();

 private:
  friend class table;
  friend class table_list;

  [[nodiscard]] static flatbuffers::Verifier::Options limits() {
    flatbuffers::Verifier::Options options;
    options.max_depth = 1;
    options.max_tables = 1u << 22;
    return options;
  }
  /// The table that the offset stored at position `start` leads to.
  [[nodiscard]] table follow(std::size_t start);

  std::span<std::byte const> bytes_;
  flatbuffers::Verifier verifier_;
  bool damaged_ = false;
};

/// Numbers in a file, at any alignment.
template <class T>
class number_list {
 public:
  number_list() = default;
  /// Over bytes of the file.
  explicit number_list(std::span<std::byte const> bytes) : bytes_(bytes) {}
  [[nodiscard]] std::size_t size() const { return bytes_.size() / sizeof(T); }
  /// Precondition: i < size().
  [[nodiscard]] T operator[](std::size_t i) const { return load<T>(bytes_.data() + i * sizeof(T)); }

 private:
  std::span<std::byte const> bytes_;
};

/// Tables in a file; each is verified when it is asked for.
class table_list {
 public:
  table_list() = default;
  /// `size` offsets from position `start` on.
  table_list(document& from, std::size_t start, std::size_t size)
      : document_(&from), start_(start), size_(size) {}
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Precondition: i < size().
  [[nodiscard]] table operator[](std::size_t i) const;

 private:
  document* document_ = nullptr;
  std::size_t start_ = 0, size_ = 0;
};

/// A table of a document, or an absent one: all fields of an absent table are absent. Fields go by their
/// number in the schema.
class table {
 public:
  table() = default;
  [[nodiscard]] explicit operator bool() const { return at_ != nullptr; }
  /// Whether the field is there.
  [[nodiscard]] bool has(unsigned field) const { return at_ != nullptr && at_->CheckField(slot(field)); }

  /// A number, or what counts where the field is absent.
  template <class T>
  [[nodiscard]] T number(unsigned field, T absent = T{}) const {
    if (!has(field)) return absent;
    bool const inside = at_->VerifyField<T>(document_->verifier_, slot(field), sizeof(T));
    return inside ? at_->GetField<T>(slot(field), absent) : damage(absent);
  }
  /// A truth value; false where it is absent.
  [[nodiscard]] bool flag(unsigned field) const { return number<std::uint8_t>(field) != 0; }
  /// A list of numbers; empty where it is absent.
  template <class T>
  [[nodiscard]] number_list<T> numbers(unsigned field) const {
    return number_list<T>(vector(field, sizeof(T)));
  }
  /// A list of bytes; empty where it is absent.
  [[nodiscard]] std::span<std::byte const> bytes(unsigned field) const { return vector(field, 1); }
  /// A text; empty where it is absent.
  [[nodiscard]] std::string_view string(unsigned field) const {
    auto const characters = vector(field, 1);
    return {reinterpret_cast<char const*>(characters.data()), characters.size()};
  }
  /// A table; an empty one where it is absent.
  [[nodiscard]] table child(unsigned field) const {
    if (!has(field)) return {};
    return document_->follow(position() + at_->GetOptionalFieldOffset(slot(field)));
  }
  /// A list of tables; empty where it is absent.
  [[nodiscard]] table_list tables(unsigned field) const {
    auto const offsets = vector(field, sizeof(flatbuffers::uoffset_t));
    if (offsets.empty()) return {};
    return {*document_, static_cast<std::size_t>(offsets.data() - document_->bytes_.data()),
            offsets.size() / sizeof(flatbuffers::uoffset_t)};
  }

 private:
  friend class document;
  table(document& from, flatbuffers::Table const& at) : document_(&from), at_(&at) {}

  [[nodiscard]] static flatbuffers::voffset_t slot(unsigned field) {
    return static_cast<flatbuffers::voffset_t>(4 + 2 * field);
  }
  template <class T>
  [[nodiscard]] T damage(T absent) const {
    document_->damaged_ = true;
    return absent;
  }
  [[nodiscard]] std::size_t position() const {
    return static_cast<std::size_t>(reinterpret_cast<std::byte const*>(at_) - document_->bytes_.data());
  }
  [[nodiscard]] std::span<std::byte const> vector(unsigned field, std::size_t element_size) const {
    using nothing = std::span<std::byte const>;
    if (!has(field)) return {};
    auto const& verifier = document_->verifier_;
    if (!at_->VerifyOffset(verifier, slot(field))) return damage(nothing{});
    auto const* start = at_->GetPointer<std::uint8_t const*>(slot(field));
    if (!verifier.VerifyVectorOrString(start, element_size)) return damage(nothing{});
    auto const size = flatbuffers::ReadScalar<flatbuffers::uoffset_t>(start);
    return {reinterpret_cast<std::byte const*>(start) + sizeof(size), size * element_size};
  }

  document* document_ = nullptr;
  flatbuffers::Table const* at_ = nullptr;
};

inline table document::root() { return follow(0); }

inline table document::follow(std::size_t start) {
  flatbuffers::uoffset_t const offset = verifier_.VerifyOffset(start);
  if (offset != 0) {
    auto const& at = *reinterpret_cast<flatbuffers::Table const*>(bytes_.data() + start + offset);
    if (at.VerifyTableStart(verifier_)) {
      verifier_.EndTable();  // depth counts nesting, and nothing here nests
      return {*this, at};
    }
  }
  damaged_ = true;
  return {};
}

inline table table_list::operator[](std::size_t i) const {
  return document_->follow(start_ + i * sizeof(flatbuffers::uoffset_t));
}

}  // namespace linnet::inline LINNET_ISA::io::tflite
