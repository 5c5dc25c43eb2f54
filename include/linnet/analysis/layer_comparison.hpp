// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <linnet/session/session.hpp>

// What each layer of one network made, beside what each layer of another made, or what another tool wrote
// down: where two runs part, and by how much.
namespace linnet::inline LINNET_ISA {

/// The output of one layer, with bytes of its own.
struct recorded_layer {
  std::size_t node = 0;               ///< its number in its graph
  std::string op, name;               ///< op: empty where nobody says
  element_type type = f32;            ///< of each element
  linnet::shape shape;                ///< outermost first
  linnet::quantization quantization;  ///< none of floats
  std::vector<std::byte> bytes;       ///< row-major

  /// How many there are.
  [[nodiscard]] std::int64_t elements() const { return shape.elements(); }
  /// As others take it; refers to this.
  [[nodiscard]] tensor_ref tensor() {
    return {type, shape, quantization, bytes, text(name.data(), name.size())};
  }
};

/// Runs a session on its inputs as they are, and keeps what every node makes.
[[nodiscard]] inline std::vector<recorded_layer> record_layers(session& s) {
  std::vector<recorded_layer> made;
  s.run([&](std::size_t node, linnet::node const& n, tensor_ref const& output) {
    made.push_back({node,
                    std::string(name_of(n)),
                    std::string(output.name),
                    output.type,
                    output.shape,
                    output.quantization,
                    {output.bytes.begin(), output.bytes.end()}});
  });
  return made;
}

/// Two layers that are held against each other: their places in two lists.
struct layer_pair {
  std::size_t a = 0, b = 0;  ///< numbers of the layers in the two recordings
  friend constexpr bool operator==(layer_pair const&, layer_pair const&) = default;
};

namespace detail {

/// A name as it can stand in a file's: letters, digits, dots and dashes stay.
[[nodiscard]] inline std::string plain_name(std::string_view name) {
  std::string made(name);
  for (char& c : made) {
    bool const kept =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    if (!kept) c = '_';
  }
  return made;
}

/// Where each name is, if only one layer has it.
[[nodiscard]] inline std::map<std::string, std::size_t> places_of_names(
    std::span<recorded_layer const> layers) {
  constexpr std::size_t twice = std::numeric_limits<std::size_t>::max();
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    auto const [at, is_new] = places.emplace(plain_name(layers[i].name), i);
    if (!is_new) at->second = twice;
  }
  std::erase_if(places, [](auto const& entry) { return entry.first.empty() || entry.second == twice; });
  return places;
}

}  // namespace detail

/// Which layers of two lists are the same: those of one name and as many elements; then, between the partners
/// of their neighbours, those of one operator and as many elements, in order. In the order of `a`; layers
/// that nobody matches are left out.
[[nodiscard]] inline std::vector<layer_pair> pair_layers(std::span<recorded_layer const> a,
                                                         std::span<recorded_layer const> b) {
  std::size_t const nobody = b.size();
  std::vector<std::size_t> partner(a.size(), nobody);
  std::vector<bool> taken(b.size());
  auto const join = [&](std::size_t i, std::size_t j) {
    if (taken[j] || a[i].elements() != b[j].elements()) return false;
    partner[i] = j;
    taken[j] = true;
    return true;
  };
  auto const places = detail::places_of_names(b), own = detail::places_of_names(a);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::string const name = detail::plain_name(a[i].name);
    auto const found = places.find(name);
    if (found != places.end() && own.contains(name)) (void)join(i, found->second);
  }
  std::vector<layer_pair> made;
  for (std::size_t i = 0, low = 0; i < a.size(); ++i) {
    auto const next = std::find_if(partner.begin() + static_cast<std::ptrdiff_t>(i), partner.end(),
                                   [&](std::size_t j) { return j != nobody; });
    std::size_t const high = next == partner.end() ? b.size() : *next;
    for (std::size_t j = low; j < high && partner[i] == nobody; ++j) {
      if (a[i].op == b[j].op) (void)join(i, j);
    }
    if (partner[i] == nobody) continue;
    made.push_back({i, partner[i]});
    low = partner[i] + 1;
  }
  return made;
}

/// How far one layer is from another over all runs seen, in real numbers: integers by their scales.
struct layer_difference {
  std::size_t node_a = 0, node_b = 0;  ///< index in its graph; of recordings: number of the layer
  std::string op, name;
  std::int64_t elements = 0;    ///< of all runs
  std::int64_t differing = 0;   ///< elements that are not equal as real numbers
  double largest = 0.0;         ///< difference
  std::int64_t largest_at = 0;  ///< element of its run
  double signal = 0.0, noise = 0.0, other_signal = 0.0, product = 0.0;  ///< sums: a^2, (a - b)^2, b^2, a * b

  /// 10 log10(signal / noise) in dB; infinite where nothing differs.
  [[nodiscard]] double sqnr_db() const {
    return noise == 0.0 ? std::numeric_limits<double>::infinity() : 10.0 * std::log10(signal / noise);
  }
  /// The cosine of the angle between both, as vectors; 1 where neither has a length.
  [[nodiscard]] double cosine() const {
    double const lengths = std::sqrt(signal * other_signal);  // exact where both are equal
    if (lengths == 0.0) return signal == other_signal ? 1.0 : 0.0;
    return std::clamp(product / lengths, -1.0, 1.0);
  }
};

/// Adds up how layers differ, run by run.
class layer_comparison {
 public:
  /// Another run of both: all runs have the same layers in the same order. Of the first run it is remembered
  /// which are the same (`pair_layers`).
  void add(std::vector<recorded_layer> a, std::vector<recorded_layer> b) {
    if (layers_.empty() && pairs_.empty()) begin(a, b);
    for (std::size_t i = 0; i < pairs_.size(); ++i) add(layers_[i], a[pairs_[i].a], b[pairs_[i].b]);
  }

  /// In the order of the first network's nodes.
  [[nodiscard]] std::span<layer_difference const> layers() const { return layers_; }
  /// Layers of the first and of the second network that have no partner.
  [[nodiscard]] std::size_t alone_in_a() const { return alone_in_a_; }
  /// Layers of b that have no counterpart.
  [[nodiscard]] std::size_t alone_in_b() const { return alone_in_b_; }
  /// The first layer with a difference above `tolerance`, or with one that is no number.
  [[nodiscard]] layer_difference const* first_beyond(double tolerance) const {
    auto const found = std::ranges::find_if(
        layers_, [&](layer_difference const& one) { return !(one.largest <= tolerance); });
    return found == layers_.end() ? nullptr : &*found;
  }

 private:
  void begin(std::vector<recorded_layer> const& a, std::vector<recorded_layer> const& b) {
    pairs_ = pair_layers(a, b);
    for (layer_pair const& pair : pairs_) {
      layers_.push_back(
          {.node_a = a[pair.a].node, .node_b = b[pair.b].node, .op = a[pair.a].op, .name = a[pair.a].name});
    }
    alone_in_a_ = a.size() - pairs_.size();
    alone_in_b_ = b.size() - pairs_.size();
  }

  static void add(layer_difference& sum, recorded_layer& a, recorded_layer& b) {
    std::vector<float> const of_a = dequantized(a.tensor()), of_b = dequantized(b.tensor());
    for (std::size_t i = 0; i < of_a.size() && i < of_b.size(); ++i) {
      double const x = static_cast<double>(of_a[i]), y = static_cast<double>(of_b[i]);
      double const apart = x == y ? 0.0 : std::abs(x - y);
      ++sum.elements;
      if (apart != 0.0) ++sum.differing;
      if (!(apart <= sum.largest)) {  // or no number: nothing is worse
        if (sum.largest == sum.largest) sum.largest_at = static_cast<std::int64_t>(i);
        sum.largest = sum.largest == sum.largest ? apart : sum.largest;
      }
      sum.signal += x * x;
      sum.other_signal += y * y;
      sum.noise += apart * apart;
      sum.product += x * y;
    }
  }

  std::vector<layer_pair> pairs_;
  std::vector<layer_difference> layers_;
  std::size_t alone_in_a_ = 0, alone_in_b_ = 0;
};

}  // namespace linnet::inline LINNET_ISA
