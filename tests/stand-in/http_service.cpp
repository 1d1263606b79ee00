#include "tests/stand-in/http_service.hpp"

#include <chrono>
#include <dirent.h>
#include <fcntl.h>
#include <httplib.h>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <zlib.h>

namespace stand_in {

namespace {

/// The descriptor of this process's connection to the given client port, or -1. httplib hides it, and a fault
/// that cuts a connection needs it. Only the connection's own thread asks, so it cannot be closed meanwhile.
int find_connection(int local_port, int remote_port) {
  const auto port_of = [](int descriptor, auto name_of) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    if (name_of(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) return -1;
    return address.sin_family == AF_INET ? int{ntohs(address.sin_port)} : -1;
  };
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir("/proc/self/fd"), closedir);
  if (folder == nullptr) return -1;
  while (const dirent* entry = readdir(folder.get())) {
    const int descriptor = std::atoi(entry->d_name);
    if (descriptor > 2 && port_of(descriptor, getpeername) == remote_port &&
        port_of(descriptor, getsockname) == local_port) {
      return descriptor;
    }
  }
  return -1;
}

/// Ends the request's connection so that nothing more reaches the client: with FIN, or with RST for a reset.
void cut_connection(const httplib::Request& request, bool reset) {
  const int descriptor = find_connection(request.local_port, request.remote_port);
  if (descriptor < 0) return;
  if (!reset) {
    shutdown(descriptor, SHUT_RDWR);
    return;
  }
  // Closing with a linger time of 0 sends RST; /dev/null takes the number's place, for httplib will close it again.
  const linger at_once{1, 0};
  setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  dup3(nothing, descriptor, O_CLOEXEC);
  close(nothing);
}

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

void compress_where_asked(const Request& request, Reply& reply) {
  static constexpr std::size_t worth_it = 256;
  if (reply.body.size() < worth_it || request.header("accept-encoding").find("gzip") == std::string_view::npos) return;
  reply.body = gzip(reply.body);
  reply.headers.emplace_back("Content-Encoding", "gzip");
  reply.headers.emplace_back("Vary", "Accept-Encoding");
}

/// The answer that a fault prescribes in place of the service's own.
Reply prescribed_reply(const Json& fault) {
  Reply reply;
  reply.status = static_cast<int>(fault.number("status", 200));
  if (const Json* body = fault.find("body")) reply.body = body->is_string() ? body->string() : body->dump();
  if (fault.flag("html")) {
    reply.content_type = "text/html";
    if (reply.body.empty()) {
      reply.body = "<html><head><title>" + std::to_string(reply.status) +
                   "</title></head><body><center><h1>" + std::to_string(reply.status) +
                   "</h1></center><hr><center>a proxy in front</center></body></html>\r\n";
    }
  }
  reply.content_type = fault.text("content_type", reply.content_type);
  if (const std::string location = fault.text("redirect"); !location.empty()) {
    if (fault.find("status") == nullptr) reply.status = 302;
    reply.headers.emplace_back("Location", location);
  }
  return reply;
}

void add_ordered_headers(const Json& fault, Reply& reply) {
  const Json* headers = fault.find("headers");
  if (headers == nullptr || !headers->is_object()) return;
  for (const auto& [name, value] : headers->object()) {
    reply.headers.emplace_back(name, value.is_string() ? value.string() : value.dump());
  }
}

bool replaces_answer(const Json& fault) {
  return fault.find("status") != nullptr || fault.find("redirect") != nullptr || fault.flag("html") ||
         fault.find("body") != nullptr;
}

}  // namespace

class HttpService::Server {
public:
  Server(std::string name, Handler handler, Labeller label, Faults& faults, Recorder& recorder, std::size_t threads)
      : name_(std::move(name)),
        handler_(std::move(handler)),
        label_(std::move(label)),
        faults_(faults),
        recorder_(recorder) {
    http_.new_task_queue = [threads] { return new httplib::ThreadPool(threads); };
    http_.set_tcp_nodelay(true);
    http_.set_keep_alive_max_count(std::size_t{1} << 40);
    http_.set_keep_alive_timeout(3600);
    http_.set_read_timeout(3600);
    http_.set_write_timeout(3600);
    // Without a length httplib would read the body until the client closes; in HTTP/1.1 there is none (RFC 9112 6.3).
    http_.set_pre_routing_handler([this](const httplib::Request& in, httplib::Response& out) {
      if (in.has_header("Content-Length") || in.has_header("Transfer-Encoding")) {
        return httplib::Server::HandlerResponse::Unhandled;
      }
      serve(in, out);
      return httplib::Server::HandlerResponse::Handled;
    });
    const auto answer = [this](const httplib::Request& in, httplib::Response& out) { serve(in, out); };
    http_.Get(".*", answer);
    http_.Post(".*", answer);
    http_.Put(".*", answer);
    http_.Patch(".*", answer);
    http_.Delete(".*", answer);
    const int port = http_.bind_to_any_port("127.0.0.1");
    if (port <= 0) throw std::runtime_error("no port on 127.0.0.1 for the " + name_ + " service");
    url_ = "http://127.0.0.1:" + std::to_string(port);
  }

  void start() {
    accepting_ = std::thread([this] { http_.listen_after_bind(); });
    accepting_.detach();
  }
  const std::string& url() const { return url_; }
  void set_latency(std::int64_t milliseconds) { latency_ms_ = milliseconds; }

private:
  void serve(const httplib::Request& in, httplib::Response& out) {
    Request request = read_request(in);
    Reply reply;
    try {
      if (const auto fault = faults_.take(request)) request.fault = *fault;
      reply = answer(request, in);
      if (reply.label.empty()) reply.label = label_(request);
    } catch (const std::exception& error) {
      reply = json_reply(Json().set("error", error.what()), 500);
    }
    recorder_.request(request, reply);
    if (reply.status != 0) write_reply(request, reply, out);
  }

  Request read_request(const httplib::Request& in) {
    Request request;
    request.service = name_;
    request.method = in.method;
    request.target = in.target;
    request.path = in.path;
    request.body = in.body;
    request.parameters.assign(in.params.begin(), in.params.end());
    request.headers.assign(in.headers.begin(), in.headers.end());
    return request;
  }

  /// The answer, or one of status 0 where the connection was cut instead.
  Reply answer(Request& request, const httplib::Request& in) {
    const Json& fault = request.fault;
    if (const std::int64_t latency = fault.number("latency_ms", latency_ms_); latency > 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(latency));
    }
    const bool processed = fault.flag("processed");
    const bool cut = fault.text("drop") == "before-headers" || fault.text("drop") == "reset";
    Reply reply;
    if (processed) reply = handler_(request);
    if (fault.flag("hang")) faults_.wait_for_release();
    if (cut) {
      cut_connection(in, fault.text("drop") == "reset");
      reply.status = 0;
      return reply;
    }
    if (replaces_answer(fault)) {
      reply = prescribed_reply(fault);
    } else if (!processed) {
      reply = handler_(request);
    }
    if (!fault.is_null()) add_ordered_headers(fault, reply);
    compress_where_asked(request, reply);
    return reply;
  }

  static void write_reply(const Request& request, const Reply& reply, httplib::Response& out) {
    out.status = reply.status;
    for (const auto& [field, value] : reply.headers) out.set_header(field, value);
    const std::string drop = request.fault.text("drop");
    const std::string truncate = request.fault.text("truncate");
    if (drop.empty() && truncate.empty()) {
      out.set_content(reply.body, reply.content_type);
      return;
    }
    const std::size_t kept = drop.empty() ? reply.body.size() / 2 : 0;
    const std::string part = reply.body.substr(0, kept);
    if (truncate == "chunked") {
      out.set_chunked_content_provider(reply.content_type, [part](std::size_t, httplib::DataSink& sink) {
        if (!part.empty()) sink.write(part.data(), part.size());
        return false;
      });
      return;
    }
    out.set_content_provider(reply.body.size() + 1, reply.content_type,
                             [part](std::size_t offset, std::size_t, httplib::DataSink& sink) {
                               if (offset == 0 && !part.empty()) sink.write(part.data(), part.size());
                               return false;
                             });
  }

  std::string name_;
  Handler handler_;
  Labeller label_;
  Faults& faults_;
  Recorder& recorder_;
  httplib::Server http_;
  std::thread accepting_;
  std::string url_;
  std::int64_t latency_ms_ = 0;
};

HttpService::HttpService(std::string name, Handler handler, Labeller label, Faults& faults, Recorder& recorder,
                         std::size_t threads)
    : server_(std::make_unique<Server>(std::move(name), std::move(handler), std::move(label), faults, recorder,
                                       threads)) {}

HttpService::~HttpService() = default;

const std::string& HttpService::url() const { return server_->url(); }

void HttpService::set_latency(std::int64_t milliseconds) { server_->set_latency(milliseconds); }

void HttpService::start() { server_->start(); }

}  // namespace stand_in
