#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds the command `linnet` (build/linnet) and runs the first example: a network names what photographs show.
#   examples/run.sh [MODEL.tflite IMAGE...]
# With LINNET_ZOO set to a folder of models and photographs, and no arguments, it classifies those.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/cmake/packages.sh"

require_packages "${tool_packages[@]}"

# Tests and benchmarks stay off on a machine that may lack their libraries; a build folder that already has them
# keeps them, or the next run of the tests would compile everything again.
parts=()
if ! grep -qs '^LINNET_BUILD_TESTS:BOOL=ON' "$root/build/CMakeCache.txt"; then
  parts=(-DLINNET_BUILD_TESTS=OFF -DLINNET_BUILD_BENCHMARKS=OFF)
fi
configure_and_build "$root" linnet_cli linnet_first_light -- "${parts[@]}"

echo "== run"
exec "$root/build/linnet_first_light" "$@"
