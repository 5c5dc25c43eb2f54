# SPDX-License-Identifier: MIT
# linnet_write_expected(<manifest> <model> <header>): the digests of every operator's output, from the collection's list.
function(linnet_write_expected manifest model header)
  file(READ "${manifest}" json)
  string(JSON samples GET "${json}" models ${model} samples)
  string(JSON count LENGTH "${samples}")
  string(JSON operators LENGTH "${samples}" 0 op_out_sha256_16)
  math(EXPR last_sample "${count} - 1")
  math(EXPR last_operator "${operators} - 1")
  set(rows "")
  foreach(i RANGE ${last_sample})
    string(JSON sample GET "${samples}" ${i})
    string(JSON seed GET "${sample}" seed)
    set(digests "")
    foreach(k RANGE ${last_operator})
      string(JSON digest GET "${sample}" op_out_sha256_16 ${k})
      string(APPEND digests "0x${digest}, ")
    endforeach()
    string(APPEND rows "    {${seed}, {${digests}}},\n")
  endforeach()
  file(CONFIGURE OUTPUT "${header}" CONTENT "#pragma once
#include <cstddef>
#include <cstdint>
inline constexpr std::size_t expected_operators = @operators@;
struct expected_sample {
  std::uint32_t seed;
  std::uint64_t operators[expected_operators];
};
inline constexpr expected_sample expected_samples[] = {
@rows@};
" @ONLY)
endfunction()
