// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <linnet/io/onnx/proto.hpp>
#include <linnet/session/describe.hpp>

namespace linnet::inline LINNET_ISA::io::onnx {

/// The attributes of one operator. What was asked for in a wrong type is remembered, and so is what was asked
/// for at all: `finish` tells the first mistake, or names an attribute that nobody knows. An attribute that
/// linnet does not know may mean anything: it is never passed over.
class attributes {
 public:
  /// Those of one operator of a file, which must outlive them.
  explicit attributes(proto::NodeProto const& node) : node_(node) {}

  /// The attribute, or what counts where it is left out; of another type, it is a mistake to be found by
  /// `finish`.
  [[nodiscard]] std::int64_t integer(std::string_view name, std::int64_t otherwise) {
    auto const* const a = find(name, proto::AttributeProto_AttributeType_INT);
    return a == nullptr ? otherwise : a->i();
  }
  /// The same of a type, as the file counts them: a number that is no `int` is a mistake, too.
  [[nodiscard]] int data_type(std::string_view name, int otherwise) {
    std::int64_t const number = integer(name, otherwise);
    auto const made = static_cast<int>(number);
    if (made == number) return made;
    if (mistake_.empty())
      mistake_ = "its attribute " + in_quotes(name) + " is " + std::to_string(number) + ", which is no type";
    return otherwise;
  }
  /// The same of a truth value.
  [[nodiscard]] bool flag(std::string_view name, bool otherwise = false) {
    return integer(name, otherwise ? 1 : 0) != 0;
  }
  /// The same of a float.
  [[nodiscard]] float real(std::string_view name, float otherwise) {
    auto const* const a = find(name, proto::AttributeProto_AttributeType_FLOAT);
    return a == nullptr ? otherwise : a->f();
  }
  /// The same of a text.
  [[nodiscard]] std::string text(std::string_view name, std::string otherwise) {
    auto const* const a = find(name, proto::AttributeProto_AttributeType_STRING);
    return a == nullptr ? otherwise : a->s();
  }
  /// A list of whole numbers; none where it is left out.
  [[nodiscard]] std::optional<std::vector<std::int64_t>> integers(std::string_view name) {
    auto const* const a = find(name, proto::AttributeProto_AttributeType_INTS);
    if (a == nullptr) return std::nullopt;
    return std::vector<std::int64_t>(a->ints().begin(), a->ints().end());
  }
  /// A list of floats; none where it is left out.
  [[nodiscard]] std::optional<std::vector<float>> reals(std::string_view name) {
    auto const* const a = find(name, proto::AttributeProto_AttributeType_FLOATS);
    if (a == nullptr) return std::nullopt;
    return std::vector<float>(a->floats().begin(), a->floats().end());
  }
  /// A list of texts; none where it is left out.
  [[nodiscard]] std::optional<std::vector<std::string>> texts(std::string_view name) {
    auto const* const a = find(name, proto::AttributeProto_AttributeType_STRINGS);
    if (a == nullptr) return std::nullopt;
    return std::vector<std::string>(a->strings().begin(), a->strings().end());
  }
  /// A tensor; null where it is left out.
  [[nodiscard]] proto::TensorProto const* tensor(std::string_view name) {
    auto const* const a = find(name, proto::AttributeProto_AttributeType_TENSOR);
    return a == nullptr ? nullptr : &a->t();
  }
  /// Whether the file states it.
  [[nodiscard]] bool has(std::string_view name) const {
    for (proto::AttributeProto const& a : node_.attribute()) {
      if (a.name() == name) return true;
    }
    return false;
  }
  /// An attribute that has no influence on what is computed here.
  void pass_over(std::string_view name) { known_.insert(std::string(name)); }

  /// To be called when all were asked for.
  [[nodiscard]] result<void> finish() const {
    if (!mistake_.empty()) return fail(errc::malformed, mistake_);
    for (proto::AttributeProto const& a : node_.attribute()) {
      if (known_.count(a.name()) == 0) {
        return fail(errc::not_supported, "its attribute " + in_quotes(a.name()) + " is not supported");
      }
    }
    return {};
  }

 private:
  [[nodiscard]] proto::AttributeProto const* find(std::string_view name,
                                                  proto::AttributeProto_AttributeType type) {
    known_.insert(std::string(name));
    for (proto::AttributeProto const& a : node_.attribute()) {
      if (a.name() != name) continue;
      if (a.type() == type) return &a;
      if (mistake_.empty()) {
        mistake_ = "its attribute " + in_quotes(name) + " is of type " +
                   proto::AttributeProto_AttributeType_Name(a.type()) + ", not " +
                   proto::AttributeProto_AttributeType_Name(type);
      }
      return nullptr;
    }
    return nullptr;
  }

  proto::NodeProto const& node_;
  std::set<std::string> known_;
  std::string mistake_;
};

}  // namespace linnet::inline LINNET_ISA::io::onnx
