// SPDX-License-Identifier: MIT
#include "conformance_cases.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <linnet/io/conformance/layer.hpp>
#include <linnet/io/conformance/read.hpp>
#include <linnet/io/file.hpp>

#include "case_file.hpp"

namespace {

using bytes = std::vector<std::byte>;

/// The numbers of a file's problems are those of what the library makes of a case; it knows more of them.
template <class... Problem, std::size_t... I>
constexpr bool begins_the_list(linnet::kernels::type_list<Problem...>, std::index_sequence<I...>) {
  return (std::is_same_v<std::variant_alternative_t<I, linnet::io::conformance::problem>, Problem> && ...);
}
static_assert(begins_the_list(case_file::problems{}, std::make_index_sequence<case_file::operators>{}));

template <class T>
void append(bytes& to, T const* from, std::size_t count) {
  auto const* const first = reinterpret_cast<std::byte const*>(from);
  to.insert(to.end(), first, first + count * sizeof(T));
  to.resize(linnet::align_up<std::size_t>(to.size(), 8));
}

/// One record: its header, then its parts.
void append_record(bytes& to, std::string const& name, linnet::io::conformance::layer const& l) {
  std::visit(
      [&](auto const& p) {
        static_assert(std::is_trivially_copyable_v<std::remove_cvref_t<decltype(p)>>);
        auto const size = [](auto const& list) { return static_cast<std::uint32_t>(list.size()); };
        case_file::record_header header;
        header.operation = static_cast<std::uint32_t>(l.problem.index());
        header.groups = static_cast<std::uint32_t>(l.groups);
        header.bytes = {sizeof p,
                        size(name) + 1,
                        size(l.weights),
                        size(l.bias),
                        size(l.multipliers) * static_cast<std::uint32_t>(sizeof(linnet::multiplier)),
                        size(l.inputs[0]),
                        size(l.inputs[1]),
                        size(l.expected)};
        append(to, &header, 1);
        append(to, &p, 1);
        append(to, name.c_str(), name.size() + 1);
        append(to, l.weights.data(), l.weights.size());
        append(to, l.bias.data(), l.bias.size());
        append(to, l.multipliers.data(), l.multipliers.size());
        for (auto const& input : l.inputs) append(to, input.data(), input.size());
        append(to, l.expected.data(), l.expected.size());
      },
      l.problem);
}

std::vector<std::filesystem::path> folders_in(std::filesystem::path const& folder) {
  std::vector<std::filesystem::path> all;
  std::error_code failure;
  for (auto const& entry : std::filesystem::directory_iterator(folder, failure)) all.push_back(entry.path());
  std::ranges::sort(all);
  return all;
}

}  // namespace

linnet::result<void> write_cases(std::filesystem::path const& folder, std::filesystem::path const& path,
                                 std::string_view wrong) {
  case_file::file_header header;
  bytes records;
  for (std::size_t i = 0; i < case_file::operators; ++i) {
    std::string const operation = case_file::operator_names[i];
    for (auto const& one : folders_in(folder / operation)) {
      auto const read = linnet::io::conformance::read_case(one);
      if (!read) return linnet::unexpected(read.error());
      auto layer = linnet::io::conformance::layer_of(*read);
      // Floats are compared on the host.
      bool const other_type = layer && layer->type == linnet::f32;
      if (other_type || (!layer && layer.error().code == linnet::errc::not_supported)) {
        ++header.left_out[i];
        continue;
      }
      if (!layer) return linnet::unexpected(layer.error());
      if (operation + "/" + read->name == wrong) layer->expected.back() ^= std::byte{0x10};
      append_record(records, read->name, *layer);
      ++header.cases;
    }
  }
  bytes file;
  append(file, &header, 1);
  file.insert(file.end(), records.begin(), records.end());
  return linnet::io::write_file(path, file);
}
