// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <linnet/capi/boundary.hpp>
#include <linnet/capi/linnet.h>
#include <linnet/io/load.hpp>
#include <linnet/io/npy/layers.hpp>
#include <linnet/session/kernels_elsewhere.hpp>

// The bodies of <linnet/capi/linnet.h>, for exactly one source of a program or shared library. The kernels
// are elsewhere: that source, or another one, includes <linnet/session/kernels_here.hpp>. The target
// linnet::capi brings such a source.

/// Names are kept here with the 0 that C wants behind them.
struct linnet_session {
  linnet::session session;                   ///< behind the handle
  std::vector<std::string> inputs, outputs;  ///< names of tensors, which outlive what is handed out
};

namespace linnet::inline LINNET_ISA::capi {

/// A handle on the heap, with the names of its tensors.
[[nodiscard]] inline std::unique_ptr<linnet_session> with_names(session&& made) {
  auto owner = std::make_unique<linnet_session>(linnet_session{std::move(made), {}, {}});
  session& s = owner->session;
  for (std::size_t i = 0; i < s.input_count(); ++i) owner->inputs.emplace_back(s.input(i).name);
  for (std::size_t i = 0; i < s.output_count(); ++i) owner->outputs.emplace_back(s.output(i).name);
  return owner;
}

/// Gives the caller a session of a network that could be read.
[[nodiscard]] inline result<void> open(result<network> net, linnet_options const& asked,
                                       linnet_session** to) {
  auto const options = options_of(asked);
  if (!options) return unexpected(options.error());
  if (!net) return unexpected(std::move(net).error());
  auto made = session::create(*std::move(net), *options);
  if (!made) return unexpected(std::move(made).error());
  *to = with_names(*std::move(made)).release();
  return {};
}

/// Options that say nothing.
inline constexpr linnet_options no_options{
    sizeof(linnet_options), linnet_rounding_of_model, linnet_layer_by_layer, 0, 0, 0};

/// Fails where the input comes another way than a function brings it.
[[nodiscard]] inline result<void> comes(linnet_session const& s, bool by_rows) {
  if (s.session.streams_input() == by_rows) return {};
  return fail(errc::wrong_argument,
              s.session.name() + (by_rows ? ": its input is not streamed: linnet_run"
                                          : ": its input is streamed: linnet_run_rows"));
}

/// Fails where there is no such input or output.
[[nodiscard]] inline result<void> within(linnet_session const& s, std::size_t index, std::size_t count,
                                         char const* what) {
  if (index < count) return {};
  return fail(errc::wrong_argument, s.session.name() + ": there is no " + what + " " + std::to_string(index) +
                                        "; it has " + std::to_string(count));
}

}  // namespace linnet::inline LINNET_ISA::capi

extern "C" {

linnet_status linnet_load_with(char const* path, linnet_options const* options, linnet_session** session,
                               linnet_error* error) {
  return linnet::capi::guarded(error, [&]() -> linnet::result<void> {
    if (session != nullptr) *session = nullptr;
    auto all =
        linnet::capi::given("linnet_load", {{path, "path"}, {options, "options"}, {session, "session"}});
    if (!all) return all;
    return linnet::capi::open(linnet::load_network(path), *options, session);
  });
}

linnet_status linnet_load(char const* path, linnet_session** session, linnet_error* error) {
  return linnet_load_with(path, &linnet::capi::no_options, session, error);
}

linnet_status linnet_load_bytes_with(void const* bytes, size_t size, char const* name,
                                     linnet_options const* options, linnet_session** session,
                                     linnet_error* error) {
  return linnet::capi::guarded(error, [&]() -> linnet::result<void> {
    if (session != nullptr) *session = nullptr;
    auto all = linnet::capi::given(
        "linnet_load_bytes", {{bytes, "bytes"}, {name, "name"}, {options, "options"}, {session, "session"}});
    if (!all) return all;
    std::span const file(static_cast<std::byte const*>(bytes), size);
    return linnet::capi::open(linnet::load_network({file.begin(), file.end()}, name), *options, session);
  });
}

linnet_status linnet_load_bytes(void const* bytes, size_t size, char const* name, linnet_session** session,
                                linnet_error* error) {
  return linnet_load_bytes_with(bytes, size, name, &linnet::capi::no_options, session, error);
}

void linnet_free(linnet_session* session) { delete session; }

size_t linnet_input_count(linnet_session const* session) {
  return session == nullptr ? 0 : session->session.input_count();
}

size_t linnet_output_count(linnet_session const* session) {
  return session == nullptr ? 0 : session->session.output_count();
}

size_t linnet_layer_count(linnet_session const* session) {
  return session == nullptr ? 0 : session->session.graph().nodes.size();
}

size_t linnet_arena_bytes(linnet_session const* session) {
  return session == nullptr ? 0 : static_cast<size_t>(session->session.arena_bytes());
}

linnet_status linnet_input(linnet_session* session, size_t index, linnet_tensor* input, linnet_error* error) {
  return linnet::capi::guarded(error, [&]() -> linnet::result<void> {
    auto all = linnet::capi::given("linnet_input", {{session, "session"}, {input, "input"}});
    if (!all) return all;
    auto inside = linnet::capi::within(*session, index, session->inputs.size(), "input");
    if (inside) *input = linnet::capi::described(session->session.input(index), session->inputs[index]);
    return inside;
  });
}

linnet_status linnet_output(linnet_session* session, size_t index, linnet_tensor* output,
                            linnet_error* error) {
  return linnet::capi::guarded(error, [&]() -> linnet::result<void> {
    auto all = linnet::capi::given("linnet_output", {{session, "session"}, {output, "output"}});
    if (!all) return all;
    auto inside = linnet::capi::within(*session, index, session->outputs.size(), "output");
    if (inside) *output = linnet::capi::described(session->session.output(index), session->outputs[index]);
    return inside;
  });
}

linnet_status linnet_run(linnet_session* session, linnet_error* error) {
  return linnet::capi::guarded(error, [&]() -> linnet::result<void> {
    auto all = linnet::capi::given("linnet_run", {{session, "session"}});
    if (all) all = linnet::capi::comes(*session, false);
    if (all) session->session.run();
    return all;
  });
}

linnet_status linnet_reset(linnet_session* session, linnet_error* error) {
  return linnet::capi::guarded(error, [&]() -> linnet::result<void> {
    auto const all = linnet::capi::given("linnet_reset", {{session, "session"}});
    if (all) session->session.reset();
    return all;
  });
}

linnet_status linnet_run_rows(linnet_session* session, linnet_row_source source, void* context,
                              linnet_error* error) {
  return linnet::capi::guarded(error, [&]() -> linnet::result<void> {
    auto all = linnet::capi::given("linnet_run_rows", {{session, "session"}});
    if (!all) return all;
    if (source == nullptr)
      return linnet::fail(linnet::errc::wrong_argument, "linnet_run_rows: source is a null pointer");
    if (all = linnet::capi::comes(*session, true); !all) return all;
    session->session.run([&](std::int32_t row, std::span<std::byte> bytes) {
      source(context, row, bytes.data(), bytes.size());
    });
    return {};
  });
}

linnet_status linnet_run_observed(linnet_session* session, linnet_observer observe, void* context,
                                  linnet_error* error) {
  return linnet::capi::guarded(error, [&]() -> linnet::result<void> {
    auto all = linnet::capi::given("linnet_run_observed", {{session, "session"}});
    if (!all) return all;
    if (observe == nullptr) {
      return linnet::fail(linnet::errc::wrong_argument, "linnet_run_observed: observe is a null pointer");
    }
    if (all = linnet::capi::comes(*session, false); !all) return all;
    session->session.run([&](std::size_t index, linnet::node const& n, linnet::tensor_ref const& made) {
      std::string const name(made.name), kind(name_of(n));
      linnet_tensor const output = linnet::capi::described(made, name);
      linnet_layer const layer{index, kind.c_str(), n.source, &output};
      observe(context, &layer);
    });
    return {};
  });
}

linnet_status linnet_run_dumping(linnet_session* session, char const* folder, linnet_error* error) {
  return linnet::capi::guarded(error, [&]() -> linnet::result<void> {
    auto all = linnet::capi::given("linnet_run_dumping", {{session, "session"}, {folder, "folder"}});
    if (!all) return all;
    if (all = linnet::capi::comes(*session, false); !all) return all;
    if (auto made = linnet::io::npy::make_folder(folder); !made) return made;
    linnet::io::npy::layer_writer write(folder);
    session->session.run(write);
    return write.written();
  });
}

}  // extern "C"
