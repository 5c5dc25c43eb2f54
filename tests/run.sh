#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds everything (the command is build/linnet then) and runs the tests.
#   tests/run.sh            all of them
#   tests/run.sh --quick    without the fuzzer, the emulated processors and the consumer projects
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/cmake/packages.sh"

quick=no
for argument in "$@"; do
  case $argument in
    --quick) quick=yes ;;
    *) echo "usage: tests/run.sh [--quick]" >&2; exit 2 ;;
  esac
done

packages=(
  "${tool_packages[@]}"
  "libgtest-dev: GoogleTest"
  "libssl-dev: SHA-256 of outputs, compared with stored ones"
  "clang: second compiler; each header must please both"
  "clang-format: the layout of the sources is a test"
  "doxygen: every public name has a comment, which is a test"
  "libbenchmark-dev: Google Benchmark"
  "libdnnl-dev: oneDNN, which the benchmarks measure beside linnet"
)
if [[ $quick == no ]]; then
  packages+=(
    "libclang-rt-14-dev: the fuzzer's run-time library"
    "g++-aarch64-linux-gnu: builds the unit tests for 64-bit Arm"
    "googletest: GoogleTest's sources, for that build"
    "qemu-user: runs them"
    "gcc-arm-none-eabi: builds firmware for Cortex-M"
    "libnewlib-arm-none-eabi: the C library of that firmware"
    "libstdc++-arm-none-eabi-newlib: the C++ headers of that firmware"
    "qemu-system-arm: runs the firmware"
  )
fi
require_packages "${packages[@]}"

configure_and_build "$root" -- -DLINNET_BUILD_TESTS=ON -DLINNET_BUILD_EXAMPLES=ON -DLINNET_BUILD_BENCHMARKS=ON

echo "== test"
filter=()
if [[ $quick == yes ]]; then
  filter=(--label-exclude 'fuzz|neon|firmware|consumer')
else
  export LINNET_REQUIRE_TOOLCHAINS=1  # they are installed now: a skipped test would be a mistake
fi
ctest --test-dir "$root/build" --output-on-failure --no-tests=error -j2 "${filter[@]}"
