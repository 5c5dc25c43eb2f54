// SPDX-License-Identifier: MIT
// What planning by rows costs or saves in time: whole networks, the same session under each policy. The rival
// is layer_by_layer, which `fastest` is never to be slower than.
#include <cstddef>
#include <string>

#include <benchmark/benchmark.h>

#include <linnet/session/composed.hpp>
#include <linnet/session/kernels_elsewhere.hpp>  // the kernels of the examples, optimized as these are
#include <linnet/session/session.hpp>

namespace {

using linnet::memory_policy;

void run(benchmark::State& state, std::string const& name, linnet::plan_options const& plan) {
  auto net = linnet::composed_network(name);
  if (!net) return state.SkipWithError(net.error().message.c_str());
  linnet::session_options options;
  options.plan = plan;
  auto session = linnet::session::create(*std::move(net), options);
  if (!session) return state.SkipWithError(session.error().message.c_str());
  for (auto _ : state) {
    session->run();  // whatever is in the arena: kernels take as long for any values
    benchmark::ClobberMemory();
  }
  state.counters["arena"] = static_cast<double>(session->arena_bytes());
}

}  // namespace

int main(int argc, char** argv) {
  for (char const* name : {"mobilenet_v2:1.0:224", "mobilenet_v2:0.35:96", "squeezenet:1.1:224"}) {
    for (memory_policy policy :
         {memory_policy::layer_by_layer, memory_policy::fastest, memory_policy::least_memory}) {
      std::string const title = std::string(name) + "/" + std::string(name_of(policy));
      benchmark::RegisterBenchmark(title.c_str(), [=](benchmark::State& state) {
        run(state, name, {.policy = policy});
      })->Unit(benchmark::kMillisecond);
    }
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
