# SPDX-License-Identifier: MIT
# cmake -DHARNESS=<linnet_harness> -P harness_test.cmake
cmake_minimum_required(VERSION 3.25)

# expect(<exit code> <regex> <argument>...): runs the harness and holds its exit code and all that it says against what is
# expected.
function(expect code pattern)
  execute_process(COMMAND "${HARNESS}" ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(NOT "${result}" STREQUAL "${code}" OR NOT said MATCHES "${pattern}")
    message(SEND_ERROR "linnet_harness ${ARGN}: exit code ${result}, not ${code}, or '${pattern}' is not in:\n${said}")
  endif()
endfunction()

expect(0 "^200 convolutions, [0-9]+ elements: equal to linnet's \\([a-z0-9_]+ kernel\\), bit for bit\n$")
expect(0 "^1000 convolutions" --cases 1000 --seed 42)
foreach(bug padding rounding stride)
  expect(1 "^case [0-9]+: element \\([0-9, ]+\\) of the output differs: the device under test has -?[0-9]+, linnet -?[0-9]+\n  input "
         --bug ${bug})
endforeach()
expect(2 "^usage: " --bug unknown)
expect(2 "^usage: " --cases 0)
expect(2 "^usage: " --cases 1x)
expect(2 "^usage: " --seed)
expect(2 "^usage: " --seeds 1)
