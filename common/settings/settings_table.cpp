#include <array>

#include "common/settings/settings.hpp"

namespace common {

namespace {

using enum SettingKind;

// Names and defaults as users of the existing connectors know them, but for the defaults that are safer here:
// certificates are verified, and messages are plain text at level info.
constexpr std::array table = {
    SettingSpec{"OPENCTI_URL", "opencti.url", url, "", "", "address of the OpenCTI platform"},
    SettingSpec{"OPENCTI_TOKEN", "opencti.token", secret, "", "", "API token of the connector's user"},
    SettingSpec{"OPENCTI_SSL_VERIFY", "opencti.ssl_verify", boolean, "true", "", "verify the platform's certificate"},
    SettingSpec{"OPENCTI_JSON_LOGGING", "opencti.json_logging", boolean, "false", "", "write messages as JSON"},
    SettingSpec{"OPENCTI_CUSTOM_HEADERS", "opencti.custom_headers", secret, "", "name:value;name:value", "extra HTTP headers for the platform"},
    SettingSpec{"HTTPS_CA_CERTIFICATES", "https_ca_certificates", text, "", "a file, or PEM text", "certificates trusted besides the system's"},
    SettingSpec{"CONNECTOR_ID", "connector.id", uuid, "", "a UUID of your choice, the same for ever", "identifies the connector in OpenCTI"},
    SettingSpec{"CONNECTOR_TYPE", "connector.type", choice, "EXTERNAL_IMPORT", "EXTERNAL_IMPORT", "kind of connector"},
    SettingSpec{"CONNECTOR_NAME", "connector.name", text, "Microsoft Sentinel", "at least 2 characters", "name in OpenCTI, and of the author"},
    SettingSpec{"CONNECTOR_SCOPE", "connector.scope", text, "sentinel", "", "scope shown in OpenCTI, comma separated"},
    SettingSpec{"CONNECTOR_LOG_LEVEL", "connector.log_level", log_level, "info", "debug|info|warn|error", "least level of messages"},
    SettingSpec{"CONNECTOR_DURATION_PERIOD", "connector.duration_period", duration, "PT1H", "", "time between the starts of two runs"},
    SettingSpec{"CONNECTOR_RUN_AND_TERMINATE", "connector.run_and_terminate", boolean, "false", "", "run once and end"},
    SettingSpec{"CONNECTOR_QUEUE_PROTOCOL", "connector.queue_protocol", choice, "api", "api|amqp", "how bundles reach the platform's queue"},
    SettingSpec{"CONNECTOR_QUEUE_THRESHOLD", "connector.queue_threshold", integer, "500", "megabytes, 0 to 1000000", "skip the run while the queue is larger"},
    SettingSpec{"CONNECTOR_SEND_TO_QUEUE", "connector.send_to_queue", boolean, "true", "", "send bundles to the platform"},
    SettingSpec{"CONNECTOR_SEND_TO_DIRECTORY", "connector.send_to_directory", boolean, "false", "", "write bundles to a directory"},
    SettingSpec{"CONNECTOR_SEND_TO_DIRECTORY_PATH", "connector.send_to_directory_path", path, "", "", "that directory"},
    SettingSpec{"CONNECTOR_SEND_TO_DIRECTORY_RETENTION", "connector.send_to_directory_retention", integer, "7", "days, 0 to 36500; 0 keeps all", "age at which files there are deleted"},
    SettingSpec{"CONNECTOR_VALIDATE_BEFORE_IMPORT", "connector.validate_before_import", boolean, "false", "", "put bundles into a draft for approval (amqp only)"},
    SettingSpec{"MQ_HOST", "mq.host", text, "", "", "RabbitMQ host, instead of the one that the platform names"},
    SettingSpec{"MQ_PORT", "mq.port", integer, "", "1 to 65535", "RabbitMQ port"},
    SettingSpec{"MQ_VHOST", "mq.vhost", text, "", "", "RabbitMQ virtual host"},
    SettingSpec{"MQ_USER", "mq.user", text, "", "", "RabbitMQ user"},
    SettingSpec{"MQ_PASS", "mq.pass", secret, "", "", "RabbitMQ password"},
    SettingSpec{"MQ_USE_SSL", "mq.use_ssl", boolean, "", "", "use TLS to RabbitMQ"},
    SettingSpec{"MQ_USE_SSL_CA", "mq.use_ssl_ca", text, "", "a file, or PEM text", "certificates trusted for RabbitMQ"},
    SettingSpec{"MQ_USE_SSL_CERT", "mq.use_ssl_cert", text, "", "a file, or PEM text", "client certificate for RabbitMQ"},
    SettingSpec{"MQ_USE_SSL_KEY", "mq.use_ssl_key", secret, "", "a file, or PEM text", "key of that certificate"},
    SettingSpec{"MQ_USE_SSL_PASSPHRASE", "mq.use_ssl_passphrase", secret, "", "", "passphrase of that key"},
    SettingSpec{"MQ_USE_SSL_REJECT_UNAUTHORIZED", "mq.use_ssl_reject_unauthorized", boolean, "true", "", "verify RabbitMQ's certificate"},
    SettingSpec{"SENTINEL_INCIDENTS_TENANT_ID", "sentinel_incidents.tenant_id", text, "", "a tenant id or domain", "Microsoft Entra tenant"},
    SettingSpec{"SENTINEL_INCIDENTS_CLIENT_ID", "sentinel_incidents.client_id", text, "", "", "application (client) id"},
    SettingSpec{"SENTINEL_INCIDENTS_CLIENT_SECRET", "sentinel_incidents.client_secret", secret, "", "", "secret of the application"},
    SettingSpec{"SENTINEL_INCIDENTS_LOGIN_URL", "sentinel_incidents.login_url", url, "https://login.microsoftonline.com", "", "login authority"},
    SettingSpec{"SENTINEL_INCIDENTS_API_BASE_URL", "sentinel_incidents.api_base_url", url, "https://graph.microsoft.com", "", "Microsoft Graph"},
    SettingSpec{"SENTINEL_INCIDENTS_INCIDENT_PATH", "sentinel_incidents.incident_path", text, "/v1.0/security/incidents", "begins with /", "path of the incidents"},
    SettingSpec{"SENTINEL_INCIDENTS_TARGET_PRODUCT", "sentinel_incidents.target_product", choice, "Azure Sentinel", "Azure Sentinel|Microsoft Defender ATP", "product named as the source of incidents"},
    SettingSpec{"SENTINEL_INCIDENTS_IMPORT_START_DATE", "sentinel_incidents.import_start_date", instant, "2020-01-01T00:00:00Z", "YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ", "where the first run starts"},
    SettingSpec{"SENTINEL_INCIDENTS_TLP_LEVEL", "sentinel_incidents.tlp_level", choice, "red", "clear|green|amber|amber+strict|red", "marking of what is imported"},
    SettingSpec{"SENTINEL_INCIDENTS_CONFIDENCE_LEVEL", "sentinel_incidents.confidence_level", integer, "", "0 to 100", "confidence of incidents and cases"},
    SettingSpec{"SENTINEL_INCIDENTS_FILTER", "sentinel_incidents.filter", text, "", "an OData expression", "further condition on incidents"},
    SettingSpec{"SENTINEL_INCIDENTS_SKIP_RESOLVED", "sentinel_incidents.skip_resolved", boolean, "false", "", "leave out resolved incidents"},
    SettingSpec{"SENTINEL_INCIDENTS_KEEP_REDIRECTED", "sentinel_incidents.keep_redirected", boolean, "false", "", "write the cases of incidents merged into others"},
    SettingSpec{"SENTINEL_INCIDENTS_INDICATORS", "sentinel_incidents.indicators", choice, "malicious", "none|malicious|suspicious", "least verdict that makes an indicator"},
    SettingSpec{"SENTINEL_INCIDENTS_ACTORS", "sentinel_incidents.actors", boolean, "false", "", "write named actors as intrusion sets"},
    SettingSpec{"SENTINEL_INCIDENTS_DEVICE_ADDRESSES", "sentinel_incidents.device_addresses", boolean, "false", "", "write the addresses of devices as observables"},
    SettingSpec{"SENTINEL_INCIDENTS_OBSERVABLE_AUTHOR", "sentinel_incidents.observable_author", boolean, "false", "", "name the author on observables"},
    SettingSpec{"SENTINEL_INCIDENTS_OBSERVABLE_TLP", "sentinel_incidents.observable_tlp", choice, "", "clear|green|amber|amber+strict|red", "marking of observables, where it differs"},
    SettingSpec{"SENTINEL_INCIDENTS_APPLICANT_ID", "sentinel_incidents.applicant_id", text, "", "a user's id in OpenCTI", "user in whose name files of the directory are imported"},
    SettingSpec{"SENTINEL_INCIDENTS_OVERLAP", "sentinel_incidents.overlap", duration, "PT5M", "", "how far before the watermark a run starts"},
    SettingSpec{"SENTINEL_INCIDENTS_MAX_RATE", "sentinel_incidents.max_rate", integer, "150", "requests a minute, 0 to 100000; 0 is no limit", "limit on requests to Graph"},
    SettingSpec{"SENTINEL_INCIDENTS_RETRY_BUDGET", "sentinel_incidents.retry_budget", duration, "PT15M", "", "how long one request is retried"},
    SettingSpec{"SENTINEL_INCIDENTS_CONFIG", "", path, "", "", "path of config.yml"},
    SettingSpec{"SENTINEL_INCIDENTS_METRICS_FILE", "sentinel_incidents.metrics_file", path, "", "", "file of metrics for Prometheus that the chain writes after each run"},
    SettingSpec{"SENTINEL_INCIDENTS_STATE_DIR", "sentinel_incidents.state_dir", path, "", "", "where the chain keeps its files"},
};

}  // namespace

std::span<const SettingSpec> all_settings() { return table; }

}  // namespace common
