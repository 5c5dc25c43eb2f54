# SPDX-License-Identifier: MIT
cmake_minimum_required(VERSION 3.25)
# COMPILE (a command) must refuse each of SOURCES, and the first error must be the gate's sentence.
foreach(source ${SOURCES})
  execute_process(COMMAND ${COMPILE} -Wfatal-errors ${source} RESULT_VARIABLE result ERROR_VARIABLE errors)
  if(result EQUAL 0 OR NOT errors MATCHES "needs a hosted system")
    message(SEND_ERROR "not refused by the gate, which is the first #include of a hosted header:\n"
                       "  ${source}\nThe compiler said:\n${errors}")
  endif()
endforeach()
