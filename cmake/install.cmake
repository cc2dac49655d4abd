include(GNUInstallDirs)
install(TARGETS bitscale RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY configs workloads DESTINATION ${CMAKE_INSTALL_DATADIR}/bitscale)
