#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds the command `linnet` (build/linnet) and does the main job: a trained network names what photographs show.
#   examples/run.sh [MODEL.tflite IMAGE...]
# With LINNET_ZOO set to a folder of models and photographs, and no arguments, it classifies those and holds stored outputs
# of the reference implementation against linnet's, bit for bit.
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
# Compiled into a program of its own, beside a session of the same file.
example=mobilenet_v2:0.35:96
if [[ -n ${LINNET_ZOO:-} ]]; then
  example=$(realpath "$LINNET_ZOO")/models/tflite/coral/tf2_mobilenet_v2_1.0_224_ptq.tflite
fi
configure_and_build "$root" linnet_cli linnet_untrained linnet_verify linnet_both_lives -- \
  "-DLINNET_EXAMPLE_MODEL=$example" "${parts[@]}"
linnet=$root/build/linnet

both_lives() {
  echo "== one graph, two lives: a session and a model that the compiler planned"
  "$root/build/linnet_both_lives" "$example"
  echo "== its memory over time (build/memory.svg is the picture)"
  "$linnet" info "$example" --arch native --memory "$root/build/memory.svg" > "$root/build/memory.txt"
  "$linnet" info "$example" --arch native --memory -
  echo "== the same row by row, as firmware behind a camera would run it (build/memory_by_rows.svg shows both)"
  "$linnet" info "$example" --arch native --policy least_memory --stream-input \
    --compare-memory "$root/build/memory_by_rows.svg" | sed -n '/^policy/,/^weights/p'
}

if (($#)); then
  (($# >= 2)) || { echo "usage: examples/run.sh [MODEL.tflite IMAGE...]" >&2; exit 2; }
  echo "== classify"
  exec "$linnet" classify "$@"
fi

if [[ -z ${LINNET_ZOO:-} ]]; then
  cat << 'END'
== no model
Give a model and pictures (examples/run.sh MODEL.tflite IMAGE...) or set LINNET_ZOO to a folder of models. Public models in
TensorFlow Lite's format, by name:
  google-coral/test_data      mobilenet_v2_1.0_224_quant.tflite, tf2_mobilenet_v2_1.0_224_ptq.tflite, imagenet_labels.txt
  mlcommons/tiny              benchmark/training/*/trained_models (keyword spotting, person detection, ResNet-8)
  tensorflow/tflite-micro     tensorflow/lite/micro/models (person_detect.tflite)
Until then, a network without training:
END
  "$root/build/linnet_untrained"
  both_lives
  exit
fi

photographs=("$LINNET_ZOO"/data/coral/{cat,bird,sunflower}.bmp "$LINNET_ZOO"/data/imagenet/jpeg224/*.jpg)
for model in tf2_mobilenet_v2_1.0_224_ptq mobilenet_v2_1.0_224_quant; do
  file=$LINNET_ZOO/models/tflite/coral/$model.tflite
  echo "== $model: what do these photographs show?"
  "$linnet" classify "$file" "${photographs[@]:0:8}" --labels "$LINNET_ZOO/data/coral/imagenet_labels.txt"
  echo "== $model: does linnet equal the reference implementation?"
  "$root/build/linnet_verify" "$file" "$LINNET_ZOO/golden/models/coral__$model"
done
both_lives
