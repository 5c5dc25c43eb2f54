# SPDX-License-Identifier: MIT
# Sourced by tests/run.sh and examples/run.sh: Debian packages, and the configuration both share.

# require_packages "PACKAGE: why" ...
# Says what is missing and what it is for, installs exactly that, and does nothing where all are there.
require_packages() {
  if ! command -v dpkg-query > /dev/null; then
    echo "This system has no dpkg: the packages below have to be there already (names as in Debian)."
    printf '  %s\n' "$@"
    return
  fi
  local line package missing=()
  for line in "$@"; do
    package=${line%%:*}
    if [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2> /dev/null) != installed ]]; then
      ((${#missing[@]})) || echo "Missing Debian packages:"
      printf '  %-32s%s\n' "$package" "${line#*: }"
      missing+=("$package")
    fi
  done
  ((${#missing[@]})) || return 0
  local as_root=()
  ((EUID == 0)) || as_root=(sudo)
  echo "Installing them ..."
  "${as_root[@]}" apt-get update
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${missing[@]}"
}

# What the command and the examples need.
tool_packages=(
  "g++: the compiler"
  "cmake: configures the build"
  "ninja-build: runs the build"
  "libxsimd-dev: tags of processor architectures (headers)"
  "libflatbuffers-dev: reads .tflite files (headers)"
  "libprotobuf-dev: reads .onnx files (headers, library)"
  "libonnx-dev: what .onnx files hold (headers, library)"
  "libstb-dev: reads PNG, JPEG and BMP images"
  "libcli11-dev: the command's options (headers)"
  "nlohmann-json3-dev: the command's --json, test cases of kernels (headers)"
)

# configure_and_build ROOT TARGET... [-- CMAKE_OPTION...]
# An optimized build for this machine's processor in ROOT/build; without a target, everything.
configure_and_build() {
  local root=$1 targets=()
  shift
  while (($#)) && [[ $1 != -- ]]; do
    targets+=("$1")
    shift
  done
  (($# == 0)) || shift
  echo "== configure"
  cmake -S "$root" -B "$root/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DLINNET_NATIVE=ON "$@"
  echo "== build"
  cmake --build "$root/build" --parallel "$(nproc)" ${targets:+--target "${targets[@]}"}
}
