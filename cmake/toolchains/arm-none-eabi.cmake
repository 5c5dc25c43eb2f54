# SPDX-License-Identifier: MIT
# What every Cortex-M toolchain file here shares. Before including it a core's file sets
#   LINNET_CORE_FLAGS  the compiler's flags for the core
#   LINNET_BOARD       the qemu machine that has it (tests run there)
#   LINNET_MEMORY      the memory map of that machine, a folder name in tests/firmware/memory
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR arm)
set(CMAKE_C_COMPILER arm-none-eabi-gcc)  # of projects that have C; linnet itself has none
set(CMAKE_CXX_COMPILER arm-none-eabi-g++)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)  # a program would need the start-up code that a project brings
set(CMAKE_ASM_FLAGS_INIT "${LINNET_CORE_FLAGS} -mthumb")
set(CMAKE_CXX_FLAGS_INIT "${LINNET_CORE_FLAGS} -mthumb -ffreestanding -fno-exceptions -fno-rtti \
-fno-threadsafe-statics -ffunction-sections -fdata-sections")
set(CMAKE_C_FLAGS_INIT "${LINNET_CORE_FLAGS} -mthumb -ffreestanding -ffunction-sections -fdata-sections")
# Measured: -Os saves 12 % of the code and costs 46 % more instructions.
# In the cache, because CMake appends its own -O3 to what an _INIT variable holds.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG" CACHE STRING "Flags of a release build")
set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG" CACHE STRING "Flags of a release build")
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-system-arm -M ${LINNET_BOARD} -nographic -monitor none -serial none
    -semihosting-config enable=on,target=native -kernel)
