// SPDX-License-Identifier: Apache-2.0
#include "common/http/http_faults.hpp"

#include <curl/curl.h>

#include <array>

namespace common {

namespace {

struct Advice {
  CURLcode code;
  std::string_view text;
};

constexpr std::string_view private_authority =
    "; if the certificate comes from a private authority (a proxy that inspects TLS, a company's own), give that "
    "authority's "
    "certificate in HTTPS_CA_CERTIFICATES (PEM text or a file)";

constexpr std::array advices = {
    Advice{CURLE_COULDNT_RESOLVE_HOST,
           "; check the name in the settings, and DNS; where only a proxy may ask the internet, set https_proxy"},
    Advice{CURLE_COULDNT_RESOLVE_PROXY, "; check the name in https_proxy, and DNS"},
    Advice{CURLE_COULDNT_CONNECT,
           "; check address and port in the settings, the firewall, and https_proxy and no_proxy"},
    Advice{
        CURLE_GOT_NOTHING,
        "; something listens there that does not speak HTTP; check scheme and port: a port for https wants https://"},
    Advice{CURLE_OUT_OF_MEMORY, "; either memory ran out, or the answer's header has no end: look at what answers"},
    Advice{CURLE_OPERATION_TIMEDOUT, "; check the firewall, and https_proxy and no_proxy"},
    Advice{CURLE_SSL_CONNECT_ERROR,
           "; TLS 1.2 or later is needed; check that address and port are those of an https service"},
    Advice{CURLE_PEER_FAILED_VERIFICATION, private_authority},
    Advice{CURLE_SSL_ISSUER_ERROR, private_authority},
    Advice{CURLE_SSL_CACERT_BADFILE, private_authority},
};

}  // namespace

std::string_view advice_for_transfer(int code, long proxy_status, std::string_view text) {
  if (proxy_status == 407) return "; the proxy wants to know who asks: give user and password in https_proxy";
  if (proxy_status >= 300)
    return "; the proxy of https_proxy does not let this through: ask who runs it, or set no_proxy";
  if (code == CURLE_PEER_FAILED_VERIFICATION && text.find("expired") != std::string_view::npos) {
    return "; the service's certificate has expired: tell whoever runs it; if it has not, check this machine's clock";
  }
  for (const Advice& advice : advices) {
    if (advice.code == code) return advice.text;
  }
  return {};
}

}  // namespace common
