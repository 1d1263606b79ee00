// SPDX-License-Identifier: Apache-2.0
#include "common/shared_library.hpp"

#include <dlfcn.h>

#include "common/program/failure.hpp"

namespace common {

namespace {

[[noreturn]] void refuse(const std::string& name, const char* file_or_symbol, const char* advice) {
  const char* const reason = ::dlerror();
  throw Failure(ExitStatus::internal,
                name + " cannot be loaded: " + (reason != nullptr ? reason : file_or_symbol) + advice);
}

}  // namespace

SharedLibrary::SharedLibrary(const char* file, const char* name)
    : handle_(::dlopen(file, RTLD_LAZY | RTLD_LOCAL)), name_(name) {
  if (handle_ == nullptr) refuse(name_, file, "; is its package installed?");
}

SharedLibrary::Function SharedLibrary::function(const char* symbol) const {
  void* const found = ::dlsym(handle_, symbol);
  if (found == nullptr) refuse(name_, symbol, "; is it older than the one that this tool was built with?");
  return Function(found);
}

}  // namespace common
