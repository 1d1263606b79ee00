// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <curl/curl.h>

#include <string>

#include "common/shared_library.hpp"

namespace common {

/// The functions of libcurl that are used. It brings some thirty libraries, and loading these takes three times as long
/// as all the rest of a tool's start: so libcurl is loaded when it is first needed, and --version, --check-settings, a
/// dry run or a run into a directory do without.
struct HttpLibrary {
  SharedLibrary library{"libcurl.so.4", "libcurl"};  // the soname of every libcurl since 2006
  decltype(&::curl_global_init) global_init = library.function("curl_global_init");
  decltype(&::curl_version_info) version_info = library.function("curl_version_info");
  decltype(&::curl_getdate) getdate = library.function("curl_getdate");
  decltype(&::curl_easy_init) easy_init = library.function("curl_easy_init");
  decltype(&::curl_easy_cleanup) easy_cleanup = library.function("curl_easy_cleanup");
  decltype(&::curl_easy_setopt) easy_setopt = library.function("curl_easy_setopt");
  decltype(&::curl_easy_getinfo) easy_getinfo = library.function("curl_easy_getinfo");
  decltype(&::curl_easy_strerror) easy_strerror = library.function("curl_easy_strerror");
  decltype(&::curl_multi_init) multi_init = library.function("curl_multi_init");
  decltype(&::curl_multi_cleanup) multi_cleanup = library.function("curl_multi_cleanup");
  decltype(&::curl_multi_add_handle) multi_add_handle = library.function("curl_multi_add_handle");
  decltype(&::curl_multi_remove_handle) multi_remove_handle = library.function("curl_multi_remove_handle");
  decltype(&::curl_multi_perform) multi_perform = library.function("curl_multi_perform");
  decltype(&::curl_multi_poll) multi_poll = library.function("curl_multi_poll");
  decltype(&::curl_multi_info_read) multi_info_read = library.function("curl_multi_info_read");
  decltype(&::curl_slist_append) slist_append = library.function("curl_slist_append");
  decltype(&::curl_slist_free_all) slist_free_all = library.function("curl_slist_free_all");
};

/// Its version and what it does TLS with: "libcurl 7.88.1 (OpenSSL/3.0.17)".
std::string http_library_version();

/// The library, loaded and started by the first call. Throws Failure(internal) where it is not installed or cannot
/// start.
const HttpLibrary& libcurl();

}  // namespace common
