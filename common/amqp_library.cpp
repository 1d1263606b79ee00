#include "common/amqp_library.hpp"

#include "common/shared_library.hpp"

namespace common {

namespace {

struct Both {
  AmqpLibrary amqp;
  AmqpTlsLibrary openssl;
};

AmqpLibrary find_amqp(const SharedLibrary& library) {
  AmqpLibrary found{};
  library.find(found.version, "amqp_version");
  library.find(found.error_string2, "amqp_error_string2");
  library.find(found.method_name, "amqp_method_name");
  library.find(found.new_connection, "amqp_new_connection");
  library.find(found.destroy_connection, "amqp_destroy_connection");
  library.find(found.tcp_socket_new, "amqp_tcp_socket_new");
  library.find(found.ssl_socket_new, "amqp_ssl_socket_new");
  library.find(found.ssl_socket_get_context, "amqp_ssl_socket_get_context");
  library.find(found.ssl_socket_set_verify_peer, "amqp_ssl_socket_set_verify_peer");
  library.find(found.ssl_socket_set_verify_hostname, "amqp_ssl_socket_set_verify_hostname");
  library.find(found.socket_open_noblock, "amqp_socket_open_noblock");
  library.find(found.get_sockfd, "amqp_get_sockfd");
  library.find(found.set_handshake_timeout, "amqp_set_handshake_timeout");
  library.find(found.set_rpc_timeout, "amqp_set_rpc_timeout");
  library.find(found.login_with_properties, "amqp_login_with_properties");
  library.find(found.get_rpc_reply, "amqp_get_rpc_reply");
  library.find(found.channel_open, "amqp_channel_open");
  library.find(found.confirm_select, "amqp_confirm_select");
  library.find(found.basic_publish, "amqp_basic_publish");
  library.find(found.maybe_release_buffers, "amqp_maybe_release_buffers");
  library.find(found.simple_wait_frame_noblock, "amqp_simple_wait_frame_noblock");
  return found;
}

AmqpTlsLibrary find_openssl(const SharedLibrary& library) {
  AmqpTlsLibrary found{};
  library.find(found.OpenSSL_version, "OpenSSL_version");
  library.find(found.ERR_clear_error, "ERR_clear_error");
  library.find(found.ERR_peek_last_error, "ERR_peek_last_error");
  library.find(found.BIO_new_mem_buf, "BIO_new_mem_buf");
  library.find(found.BIO_free, "BIO_free");
  library.find(found.PEM_read_bio_X509, "PEM_read_bio_X509");
  library.find(found.PEM_read_bio_PrivateKey, "PEM_read_bio_PrivateKey");
  library.find(found.X509_free, "X509_free");
  library.find(found.EVP_PKEY_free, "EVP_PKEY_free");
  library.find(found.X509_STORE_add_cert, "X509_STORE_add_cert");
  library.find(found.X509_VERIFY_PARAM_set1_host, "X509_VERIFY_PARAM_set1_host");
  library.find(found.X509_VERIFY_PARAM_set1_ip_asc, "X509_VERIFY_PARAM_set1_ip_asc");
  library.find(found.SSL_CTX_ctrl, "SSL_CTX_ctrl");
  library.find(found.SSL_CTX_set_verify, "SSL_CTX_set_verify");
  library.find(found.SSL_CTX_get0_param, "SSL_CTX_get0_param");
  library.find(found.SSL_CTX_get_cert_store, "SSL_CTX_get_cert_store");
  library.find(found.SSL_CTX_set_default_verify_paths, "SSL_CTX_set_default_verify_paths");
  library.find(found.SSL_CTX_use_certificate, "SSL_CTX_use_certificate");
  library.find(found.SSL_CTX_use_PrivateKey, "SSL_CTX_use_PrivateKey");
  return found;
}

const Both& loaded() {
  static const Both both = [] {
    const SharedLibrary library("librabbitmq.so.4", "librabbitmq");  // the soname of its releases since 0.8
    return Both{find_amqp(library), find_openssl(library)};
  }();
  return both;
}

}  // namespace

const AmqpLibrary& librabbitmq() { return loaded().amqp; }
const AmqpTlsLibrary& amqp_openssl() { return loaded().openssl; }

std::string amqp_library_version() {
  return std::string("librabbitmq ") + librabbitmq().version() + " (" + amqp_openssl().OpenSSL_version(OPENSSL_VERSION) + ")";
}

}  // namespace common
