#include "sim/kernel/context.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define BITSCALE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BITSCALE_ASAN 1
#endif
#endif

#ifdef BITSCALE_ASAN
#include <pthread.h>
#include <sanitizer/common_interface_defs.h>

// libsystemc keeps a small list of the threads of a deleted context that were still waiting.
extern "C" const char* __lsan_default_suppressions();  // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __lsan_default_suppressions() { return "leak:libsystemc"; }  // NOLINT
extern "C" const char* __lsan_default_options();                                    // NOLINT
extern "C" const char* __lsan_default_options() { return "print_suppressions=0"; }  // NOLINT
#endif

namespace bitscale::kernel {
namespace {

/// libsystemc 2.3.4 tells AddressSanitizer about its coroutine switches, but leaves it with the
/// bounds of a coroutine's stack when the last one ends; exceptions thrown later would then look
/// like stack errors. Tells it again where the stack of this thread is.
void restore_stack_bounds() {
#ifdef BITSCALE_ASAN
  pthread_attr_t attributes;
  void* bottom = nullptr;
  std::size_t bytes = 0;
  pthread_getattr_np(pthread_self(), &attributes);
  pthread_attr_getstack(&attributes, &bottom, &bytes);
  pthread_attr_destroy(&attributes);
  void* fake_stack = nullptr;
  __sanitizer_start_switch_fiber(&fake_stack, bottom, bytes);
  __sanitizer_finish_switch_fiber(fake_stack, nullptr, nullptr);
#endif
}

}  // namespace

SimulationContext::SimulationContext() {
  // The first context owns libsystemc's static events: make sure that it exists and is never
  // deleted.
  static sc_core::sc_simcontext* const first = sc_core::sc_get_curr_simcontext();
  (void)first;
  previous_ = sc_core::sc_curr_simcontext;
  context_ = new sc_core::sc_simcontext;
  sc_core::sc_curr_simcontext = context_;
  sc_core::sc_default_global_context = context_;
}

SimulationContext::~SimulationContext() {
  delete context_;
  restore_stack_bounds();
  sc_core::sc_curr_simcontext = previous_;
  sc_core::sc_default_global_context = previous_;
}

void stop_quietly() {
  sc_core::sc_report_handler::set_actions("/OSCI/SystemC", sc_core::SC_INFO,
                                          sc_core::SC_DO_NOTHING);
  sc_core::sc_stop();
}

sc_core::sc_time cycle_time() { return {1.0, sc_core::SC_NS}; }

sc_core::sc_time cycles(std::int64_t count) {
  return sc_core::sc_time::from_value(static_cast<sc_core::sc_time::value_type>(count) *
                                      cycle_time().value());
}

std::int64_t now_cycles() {
  return static_cast<std::int64_t>(sc_core::sc_time_stamp().value() / cycle_time().value());
}

}  // namespace bitscale::kernel
