#include "common/http_library.hpp"

#include <string>

#include "common/failure.hpp"
#include "common/shared_library.hpp"

namespace common {

namespace {

HttpLibrary load() {
  const SharedLibrary library("libcurl.so.4", "libcurl");  // the soname of every libcurl since 2006
  HttpLibrary loaded{};
  library.find(loaded.global_init, "curl_global_init");
  library.find(loaded.version_info, "curl_version_info");
  library.find(loaded.getdate, "curl_getdate");
  library.find(loaded.easy_init, "curl_easy_init");
  library.find(loaded.easy_cleanup, "curl_easy_cleanup");
  library.find(loaded.easy_setopt, "curl_easy_setopt");
  library.find(loaded.easy_getinfo, "curl_easy_getinfo");
  library.find(loaded.easy_strerror, "curl_easy_strerror");
  library.find(loaded.multi_init, "curl_multi_init");
  library.find(loaded.multi_cleanup, "curl_multi_cleanup");
  library.find(loaded.multi_add_handle, "curl_multi_add_handle");
  library.find(loaded.multi_remove_handle, "curl_multi_remove_handle");
  library.find(loaded.multi_perform, "curl_multi_perform");
  library.find(loaded.multi_poll, "curl_multi_poll");
  library.find(loaded.multi_info_read, "curl_multi_info_read");
  library.find(loaded.slist_append, "curl_slist_append");
  library.find(loaded.slist_free_all, "curl_slist_free_all");
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
