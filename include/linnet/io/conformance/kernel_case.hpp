// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include <linnet/io/conformance/composed_case.hpp>
#include <linnet/io/conformance/judged_case.hpp>
#include <linnet/io/conformance/layer.hpp>
#include <linnet/io/conformance/read.hpp>
#include <linnet/runtime/whole_layer.hpp>

namespace linnet::inline LINNET_ISA::io::conformance {

/// What the kernels that an architecture selects make of a case's operands; empty where none takes them.
template <class Arch>
[[nodiscard]] std::vector<std::byte> output_of(layer const& l) {
  auto const size = [](std::int64_t bytes) { return static_cast<std::size_t>(bytes); };
  return std::visit(
      [&](auto const& p) -> std::vector<std::byte> {
        layer_needs const needs = needs_of_layer<Arch>(p);
        std::vector<std::byte> packed(size(needs.packed_bytes)), scratch(size(needs.scratch_bytes)),
            output(l.expected.size());
        std::vector<kernels::input_row> window(size(needs.window_entries));
        plain_layer call{.inputs = {l.inputs[0].data(), l.inputs[1].data()},
                         .output = output.data(),
                         .constants = {.weights = l.weights,
                                       .bias = l.bias,
                                       .weight_scales = {},
                                       .multipliers = l.multipliers,
                                       .second_weights = l.second_weights,
                                       .second_scales = {}},
                         .groups = l.groups};
        for (std::size_t i = 0; i < l.calls; ++i) {
          call.inputs[0] = l.inputs[0].data() + l.inputs[0].size() / l.calls * i;
          if (!run_layer<std::uint16_t, Arch>(p, call, {packed, scratch, window}).done()) return {};
        }
        return output;
      },
      l.problem);
}

namespace detail {

/// What linnet makes of a case of several kernel calls.
[[nodiscard]] inline result<composed_output> composed_output_of(test_case const& from) {
  if (from.op != "network" || from.variant != "int8") return composed_floats(from).run();
  layers_of_network layers(from);
  while (!layers.failed() && !layers.done()) {
    test_case const one = layers.next();
    if (layers.failed()) break;
    auto const l = layer_of(one);
    if (!l) return unexpected(l.error());
    auto output = output_of<arch::native>(*l);
    if (output.empty()) return fail(errc::not_supported, from.file + ": no kernel takes its " + one.op);
    layers.feed(std::move(output));
  }
  if (layers.failed()) return layers.failure();
  return composed_output{layers.result_bytes(), layers.expected()};
}

}  // namespace detail

/// Runs the case of a folder (case.json and its arrays: what `read_case` reads) with this machine's kernels.
/// Integers must be equal, floats within the layer's tolerance.
[[nodiscard]] inline judged_case judge_kernel_case(std::filesystem::path const& folder) {
  judged_case made{.suite = folder.parent_path().parent_path().filename().string(),
                   .op = folder.parent_path().filename().string(),
                   .type = "?",
                   .name = folder.filename().string(),
                   .reason = {}};
  auto const read = read_case(folder);
  if (!read) return detail::refused(std::move(made), read.error());
  made.op = read->op;
  made.type = read->variant;
  if (is_composed(read->op)) {
    auto const made_of = detail::composed_output_of(*read);
    if (!made_of) return detail::refused(std::move(made), made_of.error());
    return detail::passed_unless(std::move(made), detail::difference(made_of->made, made_of->expected,
                                                                     read->variant == "f32" ? f32 : s8));
  }
  auto const layer = layer_of(*read);
  if (!layer) return detail::refused(std::move(made), layer.error());
  auto const output = output_of<arch::native>(*layer);
  if (output.empty()) return detail::refused(std::move(made), {errc::not_supported, "no kernel takes it"});
  return detail::passed_unless(std::move(made),
                               detail::difference(output, layer->expected, layer->type, layer->tolerance));
}

}  // namespace linnet::inline LINNET_ISA::io::conformance
