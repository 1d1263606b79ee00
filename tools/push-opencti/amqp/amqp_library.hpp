// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <string>

#include "common/shared_library.hpp"
#include "tools/push-opencti/amqp/rabbitmq.hpp"

namespace common {

/// Loads librabbitmq, by the soname of its releases since 0.8.
inline SharedLibrary rabbitmq_library() { return {"librabbitmq.so.4", "librabbitmq"}; }

/// The functions of librabbitmq that are used. It brings OpenSSL, whose loading takes as long as most of the rest of a
/// start, and few runs speak AMQP: so it is loaded when it is first needed.
struct AmqpLibrary {
  SharedLibrary library = rabbitmq_library();
  decltype(&::amqp_version) version = library.function("amqp_version");
  decltype(&::amqp_error_string2) error_string2 = library.function("amqp_error_string2");
  decltype(&::amqp_method_name) method_name = library.function("amqp_method_name");
  decltype(&::amqp_new_connection) new_connection = library.function("amqp_new_connection");
  decltype(&::amqp_destroy_connection) destroy_connection = library.function("amqp_destroy_connection");
  decltype(&::amqp_tcp_socket_new) tcp_socket_new = library.function("amqp_tcp_socket_new");
  decltype(&::amqp_ssl_socket_new) ssl_socket_new = library.function("amqp_ssl_socket_new");
  decltype(&::amqp_ssl_socket_get_context) ssl_socket_get_context = library.function("amqp_ssl_socket_get_context");
  decltype(&::amqp_ssl_socket_set_verify_peer) ssl_socket_set_verify_peer =
      library.function("amqp_ssl_socket_set_verify_peer");
  decltype(&::amqp_ssl_socket_set_verify_hostname) ssl_socket_set_verify_hostname =
      library.function("amqp_ssl_socket_set_verify_hostname");
  decltype(&::amqp_socket_open_noblock) socket_open_noblock = library.function("amqp_socket_open_noblock");
  decltype(&::amqp_get_sockfd) get_sockfd = library.function("amqp_get_sockfd");
  decltype(&::amqp_set_handshake_timeout) set_handshake_timeout = library.function("amqp_set_handshake_timeout");
  decltype(&::amqp_set_rpc_timeout) set_rpc_timeout = library.function("amqp_set_rpc_timeout");
  decltype(&::amqp_login_with_properties) login_with_properties = library.function("amqp_login_with_properties");
  decltype(&::amqp_get_rpc_reply) get_rpc_reply = library.function("amqp_get_rpc_reply");
  decltype(&::amqp_channel_open) channel_open = library.function("amqp_channel_open");
  decltype(&::amqp_confirm_select) confirm_select = library.function("amqp_confirm_select");
  decltype(&::amqp_basic_publish) basic_publish = library.function("amqp_basic_publish");
  decltype(&::amqp_maybe_release_buffers) maybe_release_buffers = library.function("amqp_maybe_release_buffers");
  decltype(&::amqp_simple_wait_frame_noblock) simple_wait_frame_noblock =
      library.function("amqp_simple_wait_frame_noblock");
};

/// Those of the very OpenSSL that librabbitmq does TLS with, under their own names.
struct AmqpTlsLibrary {
  SharedLibrary library = rabbitmq_library();  // which brings it
  decltype(&::OpenSSL_version) OpenSSL_version = library.function("OpenSSL_version");
  decltype(&::ERR_clear_error) ERR_clear_error = library.function("ERR_clear_error");
  decltype(&::ERR_peek_last_error) ERR_peek_last_error = library.function("ERR_peek_last_error");
  decltype(&::BIO_new_mem_buf) BIO_new_mem_buf = library.function("BIO_new_mem_buf");
  decltype(&::BIO_free) BIO_free = library.function("BIO_free");
  decltype(&::PEM_read_bio_X509) PEM_read_bio_X509 = library.function("PEM_read_bio_X509");
  decltype(&::PEM_read_bio_PrivateKey) PEM_read_bio_PrivateKey = library.function("PEM_read_bio_PrivateKey");
  decltype(&::X509_free) X509_free = library.function("X509_free");
  decltype(&::EVP_PKEY_free) EVP_PKEY_free = library.function("EVP_PKEY_free");
  decltype(&::X509_STORE_add_cert) X509_STORE_add_cert = library.function("X509_STORE_add_cert");
  decltype(&::X509_VERIFY_PARAM_set1_host) X509_VERIFY_PARAM_set1_host =
      library.function("X509_VERIFY_PARAM_set1_host");
  decltype(&::X509_VERIFY_PARAM_set1_ip_asc) X509_VERIFY_PARAM_set1_ip_asc =
      library.function("X509_VERIFY_PARAM_set1_ip_asc");
  decltype(&::SSL_CTX_ctrl) SSL_CTX_ctrl = library.function("SSL_CTX_ctrl");
  decltype(&::SSL_CTX_set_verify) SSL_CTX_set_verify = library.function("SSL_CTX_set_verify");
  decltype(&::SSL_CTX_get0_param) SSL_CTX_get0_param = library.function("SSL_CTX_get0_param");
  decltype(&::SSL_CTX_get_cert_store) SSL_CTX_get_cert_store = library.function("SSL_CTX_get_cert_store");
  decltype(&::SSL_CTX_set_default_verify_paths) SSL_CTX_set_default_verify_paths =
      library.function("SSL_CTX_set_default_verify_paths");
  decltype(&::SSL_CTX_use_certificate) SSL_CTX_use_certificate = library.function("SSL_CTX_use_certificate");
  decltype(&::SSL_CTX_use_PrivateKey) SSL_CTX_use_PrivateKey = library.function("SSL_CTX_use_PrivateKey");
};

/// The two, each loaded by its first call. Throw Failure(internal) where librabbitmq is not installed.
const AmqpLibrary& librabbitmq();
const AmqpTlsLibrary& amqp_openssl();

/// Its version and that of the OpenSSL it does TLS with: "librabbitmq 0.11.0 (OpenSSL 3.0.17)".
std::string amqp_library_version();

}  // namespace common
