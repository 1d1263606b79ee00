#include "common/http_library.hpp"

#include <dlfcn.h>

#include <string>
#include <type_traits>

#include "common/failure.hpp"

namespace common {

namespace {

constexpr const char* file_name = "libcurl.so.4";  // of every libcurl since 2006

[[noreturn]] void refuse() {
  const char* const reason = ::dlerror();
  throw Failure(ExitStatus::internal, "libcurl cannot be loaded: " + std::string(reason != nullptr ? reason : file_name));
}

HttpLibrary load() {
  void* const library = ::dlopen(file_name, RTLD_LAZY | RTLD_LOCAL);
  if (library == nullptr) refuse();
  HttpLibrary loaded{};
  const auto find = [library](auto& function, const char* name) {
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(::dlsym(library, name));
    if (function == nullptr) refuse();
  };
  find(loaded.global_init, "curl_global_init");
  find(loaded.version_info, "curl_version_info");
  find(loaded.getdate, "curl_getdate");
  find(loaded.easy_init, "curl_easy_init");
  find(loaded.easy_cleanup, "curl_easy_cleanup");
  find(loaded.easy_setopt, "curl_easy_setopt");
  find(loaded.easy_getinfo, "curl_easy_getinfo");
  find(loaded.easy_strerror, "curl_easy_strerror");
  find(loaded.multi_init, "curl_multi_init");
  find(loaded.multi_cleanup, "curl_multi_cleanup");
  find(loaded.multi_add_handle, "curl_multi_add_handle");
  find(loaded.multi_remove_handle, "curl_multi_remove_handle");
  find(loaded.multi_perform, "curl_multi_perform");
  find(loaded.multi_poll, "curl_multi_poll");
  find(loaded.multi_info_read, "curl_multi_info_read");
  find(loaded.slist_append, "curl_slist_append");
  find(loaded.slist_free_all, "curl_slist_free_all");
  if (loaded.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw Failure(ExitStatus::internal, "libcurl cannot be started");
  return loaded;
}

}  // namespace

const HttpLibrary& libcurl() {
  static const HttpLibrary library = load();
  return library;
}

std::string http_library_version() {
  const curl_version_info_data& curl = *libcurl().version_info(CURLVERSION_NOW);
  std::string text = std::string("libcurl ") + curl.version;
  if (curl.ssl_version != nullptr) text.append(" (").append(curl.ssl_version).append(")");
  return text;
}

}  // namespace common
