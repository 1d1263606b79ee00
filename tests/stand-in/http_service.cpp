// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/http_service.hpp"

#include <httplib.h>
#include <zlib.h>
#include <array>
#include <chrono>
#include <ctime>
#include <stdexcept>
#include <thread>

#include "tests/stand-in/connection.hpp"

namespace stand_in {

namespace {

std::string gzip(std::string_view text) {
  z_stream stream{};
  static constexpr int gzip_format = 15 + 16;
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, gzip_format, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("deflateInit2 failed");
  }
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

/// The machine's time, as every server says it with its answers.
std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

void compress_where_asked(const Request& request, Reply& reply) {
  static constexpr std::size_t worth_it = 256;
  if (reply.body.size() < worth_it || request.header("accept-encoding").find("gzip") == std::string_view::npos) return;
  reply.body = gzip(reply.body);
  reply.headers.emplace_back("Content-Encoding", "gzip");
  reply.headers.emplace_back("Vary", "Accept-Encoding");
}

std::unique_ptr<httplib::Server> make_server(const TlsFiles& tls) {
  if (tls.certificate.empty()) return std::make_unique<httplib::Server>();
  auto server = std::make_unique<httplib::SSLServer>(tls.certificate.c_str(), tls.key.c_str());
  if (!server->is_valid()) throw std::runtime_error("cannot use " + tls.certificate + " with " + tls.key);
  return server;
}

/// How a body goes to the client where a fault breaks it off: what is sent, and what happens then.
struct BrokenBody {
  std::string text;
  std::size_t announced = 0;
  std::function<bool()> afterwards;
};

}  // namespace

class HttpService::Server {
 public:
  Server(std::string name, Handlers handlers, Faults& faults, Recorder& recorder, std::size_t threads,
         const TlsFiles& tls)
      : name_(std::move(name)),
        handlers_(std::move(handlers)),
        faults_(faults),
        recorder_(recorder),
        http_(make_server(tls)) {
    static constexpr std::size_t requests_a_connection = 1'000'000;
    static constexpr time_t patience_seconds = 3600;
    http_->new_task_queue = [threads] { return new httplib::ThreadPool(threads); };
    http_->set_tcp_nodelay(true);
    http_->set_keep_alive_max_count(requests_a_connection);
    http_->set_keep_alive_timeout(patience_seconds);
    http_->set_read_timeout(patience_seconds);
    http_->set_write_timeout(patience_seconds);
    route();
    const int port = http_->bind_to_any_port("127.0.0.1");
    if (port <= 0) throw std::runtime_error("no port on 127.0.0.1 for the " + name_ + " service");
    url_ = (tls.certificate.empty() ? "http://127.0.0.1:" : "https://127.0.0.1:") + std::to_string(port);
  }

  void start() {
    std::thread([this] { http_->listen_after_bind(); }).detach();
  }
  const std::string& url() const { return url_; }
  void set_latency(std::int64_t milliseconds) { latency_ms_ = milliseconds; }
  void leave_uncompressed() { compress_ = false; }

 private:
  void route() {
    // Without a length httplib would read the body until the client closes; in HTTP/1.1 there is none (RFC
    // 9112 6.3).
    http_->set_pre_routing_handler([this](const httplib::Request& in, httplib::Response& out) {
      if (in.has_header("Content-Length") || in.has_header("Transfer-Encoding")) {
        return httplib::Server::HandlerResponse::Unhandled;
      }
      serve(in, out);
      return httplib::Server::HandlerResponse::Handled;
    });
    const auto answer = [this](const httplib::Request& in, httplib::Response& out) { serve(in, out); };
    http_->Get(".*", answer);
    http_->Post(".*", answer);
    http_->Put(".*", answer);
    http_->Patch(".*", answer);
    http_->Delete(".*", answer);
  }

  void serve(const httplib::Request& in, httplib::Response& out) {
    Request request = read_request(in);
    Reply reply;
    try {
      if (handlers_.note) handlers_.note(request);
      if (const auto fault = faults_.take(request)) request.fault = *fault;
      reply = answer(request, in);
      if (reply.label.empty()) reply.label = handlers_.label(request);
    } catch (const std::exception& error) {
      reply = json_reply(Json().set("error", error.what()), 500);
    }
    recorder_.request(request, reply);
    if (reply.status != 0) write_reply(request, reply, in, out);
  }

  Request read_request(const httplib::Request& in) const {
    Request request;
    request.service = name_;
    request.method = in.method;
    request.target = in.target;
    request.path = in.path;
    request.body = in.body;
    request.parameters.assign(in.params.begin(), in.params.end());
    request.headers.assign(in.headers.begin(), in.headers.end());
    request.connection = in.remote_port;
    if (in.ssl != nullptr) request.tls = SSL_session_reused(in.ssl) == 1 ? "resumed" : "new";
    return request;
  }

  /// The answer, or one of status 0 where the connection was cut instead.
  Reply answer(const Request& request, const httplib::Request& in) {
    const Json& fault = request.fault;
    if (const std::int64_t latency = fault.number("latency_ms", latency_ms_); latency > 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(latency));
    }
    const bool processed = fault.flag("processed");
    Reply reply;
    if (processed) reply = handlers_.answer(request);
    if (fault.flag("hang")) faults_.wait_for_release();
    const std::string drop = fault.text("drop");
    if (drop == "before-headers" || drop == "reset") {
      end_connection(in.local_port, in.remote_port, drop == "reset" ? Ending::reset : Ending::finish);
      reply.status = 0;
      return reply;
    }
    if (replaces_answer(fault)) {
      reply = prescribed_reply(fault);
    } else if (!processed) {
      reply = handlers_.answer(request);
    }
    add_ordered_headers(fault, reply);
    if (compress_) compress_where_asked(request, reply);
    return reply;
  }

  void write_reply(const Request& request, const Reply& reply, const httplib::Request& in, httplib::Response& out) {
    out.status = reply.status;
    if (find_field(reply.headers, "Date").empty()) out.set_header("Date", http_date());
    for (const auto& [field, value] : reply.headers) out.set_header(field, value);
    if (request.fault.is_null()) {
      write_whole(out, reply);
      return;
    }
    const std::string drop = request.fault.text("drop");
    const std::string truncate = request.fault.text("truncate");
    const std::string half = reply.body.substr(0, reply.body.size() / 2);
    if (drop == "after-answer") {
      const int local = in.local_port;
      const int remote = in.remote_port;
      write_broken(out, reply, {reply.body, reply.body.size(), [local, remote] {
                                  end_connection(local, remote, Ending::finish);
                                  return true;
                                }});
    } else if (drop == "after-headers") {
      write_broken(out, reply, {"", reply.body.size() + 1, [] { return false; }});
    } else if (truncate == "length") {
      write_broken(out, reply, {half, reply.body.size() + 1, [] { return false; }});
    } else if (truncate == "stall") {
      write_broken(out, reply, {half, reply.body.size() + 1, [this] {
                                  faults_.wait_for_release();
                                  return false;
                                }});
    } else if (truncate == "chunked") {
      out.set_chunked_content_provider(reply.content_type, [half](std::size_t, httplib::DataSink& sink) {
        if (!half.empty()) sink.write(half.data(), half.size());
        return false;
      });
    } else {
      write_whole(out, reply);
    }
  }

  // Through a provider: newer versions of the library compress a body of their own accord, and that of ours once more.
  static void write_whole(httplib::Response& out, const Reply& reply) {
    if (reply.body.empty()) {  // a provider of no bytes would leave the answer without a length
      out.set_content(reply.body, reply.content_type);
      return;
    }
    const auto body = std::make_shared<const std::string>(reply.body);
    out.set_content_provider(body->size(), reply.content_type,
                             [body](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
                               return sink.write(body->data() + offset, length);
                             });
  }

  static void write_broken(httplib::Response& out, const Reply& reply, BrokenBody body) {
    const std::size_t announced = body.announced;
    out.set_content_provider(announced, reply.content_type,
                             [body = std::move(body)](std::size_t, std::size_t, httplib::DataSink& sink) {
                               if (!body.text.empty()) sink.write(body.text.data(), body.text.size());
                               return body.afterwards();
                             });
  }

  std::string name_;
  Handlers handlers_;
  Faults& faults_;
  Recorder& recorder_;
  std::unique_ptr<httplib::Server> http_;
  std::string url_;
  std::int64_t latency_ms_ = 0;
  bool compress_ = true;
};

HttpService::HttpService(std::string name, Handlers handlers, Faults& faults, Recorder& recorder, std::size_t threads,
                         const TlsFiles& tls)
    : server_(std::make_unique<Server>(std::move(name), std::move(handlers), faults, recorder, threads, tls)) {}

HttpService::~HttpService() = default;

const std::string& HttpService::url() const { return server_->url(); }

void HttpService::set_latency(std::int64_t milliseconds) { server_->set_latency(milliseconds); }
void HttpService::leave_uncompressed() { server_->leave_uncompressed(); }

void HttpService::start() { server_->start(); }

}  // namespace stand_in
