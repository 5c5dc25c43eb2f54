# SPDX-License-Identifier: MIT
# Install, export, and the package that find_package(linnet [COMPONENTS device hosted cli]) reads.
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_DATADIR}/cmake/linnet")
install(TARGETS linnet EXPORT linnet_device FILE_SET HEADERS)
install(EXPORT linnet_device NAMESPACE linnet:: DESTINATION "${package_dir}")
if(TARGET linnet_hosted)
  install(TARGETS linnet_hosted linnet_capi EXPORT linnet_hosted FILE_SET HEADERS)
  install(FILES cmake/linnet_capi.cpp DESTINATION "${package_dir}")
  install(EXPORT linnet_hosted NAMESPACE linnet:: DESTINATION "${package_dir}")
endif()
if(TARGET linnet_cli AND LINNET_BUILD_EXAMPLES)
  install(TARGETS linnet_cli EXPORT linnet_cli RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
  install(EXPORT linnet_cli NAMESPACE linnet:: DESTINATION "${package_dir}")
endif()

configure_package_config_file(cmake/linnetConfig.cmake.in "${CMAKE_CURRENT_BINARY_DIR}/linnetConfig.cmake"
                              INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/linnetConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/linnetConfig.cmake"
              "${CMAKE_CURRENT_BINARY_DIR}/linnetConfigVersion.cmake" cmake/linnet_dependencies.cmake
              cmake/linnet_add_model.cmake
        DESTINATION "${package_dir}")
