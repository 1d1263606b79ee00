// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/amqp/amqp_tls.hpp"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <fstream>
#include <memory>
#include <sstream>

#include "common/program/failure.hpp"

namespace push_opencti {

namespace {

struct Freed {
  void operator()(BIO* bio) const { ::BIO_free(bio); }
  void operator()(X509* certificate) const { ::X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { ::EVP_PKEY_free(key); }
};
using Bio = std::unique_ptr<BIO, Freed>;
using Certificate = std::unique_ptr<X509, Freed>;
using Key = std::unique_ptr<EVP_PKEY, Freed>;

[[noreturn]] void fail(const std::string& what) { throw common::Failure(common::ExitStatus::settings, what); }

// The setting's value is PEM text or the name of a file with it.
std::string pem_of(const std::string& text_or_file, const std::string& setting) {
  if (text_or_file.find("-----BEGIN") != std::string::npos) return text_or_file;
  std::ifstream file(text_or_file, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  if (!file || content.str().empty()) fail(setting + " is neither PEM text nor a file that can be read");
  return content.str();
}

Bio reader(const std::string& pem) { return Bio(::BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))); }

void trust(SSL_CTX* context, const std::string& ca) {
  ::SSL_CTX_set_default_verify_paths(context);
  if (ca.empty()) return;
  const std::string pem = pem_of(ca, "MQ_USE_SSL_CA");
  const Bio bio = reader(pem);
  int count = 0;
  while (Certificate certificate{::PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)}) {
    if (::X509_STORE_add_cert(::SSL_CTX_get_cert_store(context), certificate.get()) == 1) ++count;
  }
  if (count == 0) fail("MQ_USE_SSL_CA holds no certificate");
}

int give_passphrase(char* buffer, int size, int, void* passphrase) {
  const auto& text = *static_cast<const std::string*>(passphrase);
  if (text.size() > static_cast<std::size_t>(size)) return 0;
  text.copy(buffer, text.size());
  return static_cast<int>(text.size());
}

void present(SSL_CTX* context, const BrokerTls& tls) {
  if (tls.certificate.empty()) return;
  const std::string pem = pem_of(tls.certificate, "MQ_USE_SSL_CERT");
  const Bio bio = reader(pem);
  const Certificate own{::PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)};
  if (!own || ::SSL_CTX_use_certificate(context, own.get()) != 1) fail("MQ_USE_SSL_CERT holds no certificate");
  while (Certificate chain{::PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)}) {
    if (::SSL_CTX_ctrl(context, SSL_CTRL_CHAIN_CERT, 0, chain.get()) == 1)
      static_cast<void>(chain.release());  // the context owns it now
  }
  const std::string key_pem = pem_of(tls.key.empty() ? tls.certificate : tls.key, "MQ_USE_SSL_KEY");
  const Bio key_bio = reader(key_pem);
  std::string passphrase = tls.passphrase;
  const Key key{::PEM_read_bio_PrivateKey(key_bio.get(), nullptr, give_passphrase, &passphrase)};
  if (!key || ::SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    fail("MQ_USE_SSL_KEY holds no key that fits, or MQ_USE_SSL_PASSPHRASE is wrong");
  }
}

// Checked during the handshake, before anything is sent. librabbitmq's own check of names does not know addresses.
void verify_peer(SSL_CTX* context, const std::string& host) {
  X509_VERIFY_PARAM* expected = ::SSL_CTX_get0_param(context);
  const bool set = ::X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) == 1 ||
                   ::X509_VERIFY_PARAM_set1_host(expected, host.data(), host.size()) == 1;
  if (!set) fail("'" + host + "' is no host that a certificate can be for");
  ::SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
}

}  // namespace

void set_up_tls(void* ssl_context, const BrokerTls& tls, const std::string& host) {
  auto* context = static_cast<SSL_CTX*>(ssl_context);
  ::SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, nullptr);
  if (tls.verify) verify_peer(context, host);
  trust(context, tls.ca);
  present(context, tls);
}

}  // namespace push_opencti
