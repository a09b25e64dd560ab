import { Type, type Static } from 'typebox'
import { defaults } from '../defaults.ts'
import { keyTextPattern } from '../../secrets/installation-key.ts'
import { accounts } from './account-schema.ts'
import { broadcast } from './broadcast-schema.ts'
import { keys, perMinute } from './key-schema.ts'
import { models } from './model-schema.ts'
import { moderation } from './moderation-schema.ts'
import { modelName, section } from './object.ts'
import { ocr } from './ocr-schema.ts'
import { providers } from './provider-schema.ts'
import { routing } from './routing-schema.ts'
import { search } from './search-schema.ts'
import { telemetry } from './telemetry-schema.ts'

const milliseconds = (byDefault: number, description: string) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400_000, default: byDefault, description }))

const server = section(
  {
    host: Type.Optional(
      Type.String({
        minLength: 1,
        default: defaults.server.host,
        description:
          'Address to listen on. `0.0.0.0` is every IPv4 address of the machine, `::` every address. `WAYGATE_HOST` overrides it.',
      }),
    ),
    port: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 65_535,
        default: defaults.server.port,
        description: 'TCP port. 0 takes any free one. `WAYGATE_PORT` overrides it.',
      }),
    ),
    keep_alive_ms: milliseconds(
      defaults.server.keep_alive_ms,
      'How long a connection without a request stays open, in ms. It must be longer than a proxy in front keeps its connections, otherwise the proxy may send a request on a connection that is being closed.',
    ),
  },
  { description: 'Where the gateway listens.' },
)

const storage = section(
  {
    url: Type.Optional(
      Type.String({
        pattern: '^(sqlite:(?!//[^/]).+|postgres(ql)?://.+)$',
        patternErrorMessage:
          'must be sqlite: and a path, such as sqlite:./.waygate/waygate.db or sqlite:/var/lib/waygate.db, or an address such as postgres://user:password@host:5432/database',
        default: defaults.storage.url,
        description:
          'Where keys and generations are stored: in a SQLite file, whose relative path starts at the working directory, or in a PostgreSQL database, which several nodes may share and for which `npm install pg` is needed; see docs/storage.md.',
      }),
    ),
    redis_url: Type.Optional(
      Type.String({
        pattern: '^rediss?://[^/?#\\s]+(/[0-9]*)?$',
        patternErrorMessage:
          'must be an address such as redis://user:password@host:6379/0, or rediss:// for TLS, with special characters of the password percent-encoded',
        description:
          'The Redis or Valkey server through which several nodes share health, sessions, rate limits and cached answers, for which `npm install @redis/client` is needed; see docs/nodes.md. Absent: the node is alone.',
      }),
    ),
    journal: Type.Optional(
      Type.String({
        minLength: 1,
        default: defaults.storage.journal,
        description:
          'The folder of the journal, which holds what is not in the database yet; see docs/ledger.md. It must outlive the process. Several processes may share it. A relative path starts at the working directory.',
      }),
    ),
    durability: Type.Optional(
      Type.Enum(['process', 'power'], {
        default: defaults.storage.durability,
        description:
          '`process`: a record survives the end of the process, however it ends. `power`: it is flushed to the disk, and survives a power failure too.',
      }),
    ),
    retention_days: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 36_500,
        default: defaults.storage.retention_days,
        description:
          'For how many days generations and their attempts are kept. The sums of usage and cost are kept for good.',
      }),
    ),
    retention_mb: Type.Optional(
      Type.Union([Type.Null(), Type.Integer({ minimum: 1, maximum: 1_000_000_000 })], {
        default: defaults.storage.retention_mb,
        description:
          'How much room generations may take in the database, about, in MiB. The oldest are deleted first, and those of the last hour never. `null`: no limit.',
      }),
    ),
    content_retention_days: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 36_500,
        default: defaults.storage.content_retention_days,
        description:
          'For how many days the input and output of generations are kept, for accounts with `log_content`. It does not depend on how long the generations themselves are kept.',
      }),
    ),
  },
  { description: 'The database, and the journal before it.' },
)

const secretKey = {
  pattern: keyTextPattern,
  patternErrorMessage:
    'must be 32 random bytes in base64, such as `openssl rand -base64 32` prints, or in 64 hexadecimal digits',
}

const secrets = section(
  {
    key: Type.Optional(
      Type.String({
        ...secretKey,
        description:
          'The key of this installation, in place of the file: 32 random bytes in base64 or in 64 hexadecimal digits. It is best read from the environment.',
      }),
    ),
    keys: Type.Optional(
      Type.Array(Type.String(secretKey), {
        minItems: 1,
        description:
          'Several keys, in place of `key`. The first one encrypts, and all of them decrypt, so that a key can be replaced while gateways run; see docs/byok.md.',
      }),
    ),
    key_file: Type.Optional(
      Type.String({
        minLength: 1,
        default: defaults.secrets.key_file,
        description:
          'The file with the key of this installation: 32 random bytes. The first start creates it, readable only by this user. A relative path starts at the working directory. A file that every user of the machine may read is refused. All nodes of one installation share the file. It is not read where `key` or `keys` is set.',
      }),
    ),
  },
  {
    description:
      'The secrets of the gateway. The keys that accounts bring for providers are encrypted with a key that is derived from this one: a gateway does not start with another one. The ids that providers receive for your end users (the field `user` of a request) are derived from it too, and with another first key these ids change. Include the key in your backups, apart from the database.',
  },
)

const log = section(
  {
    level: Type.Optional(
      Type.Enum(['debug', 'info', 'warn', 'error', 'silent'], {
        default: defaults.log.level,
        description:
          'The lowest level that is written. `error`: faults of the gateway itself. `warn`: also requests that fail and credentials that a provider refuses. `info`: also all other requests. `debug`: also health checks.',
      }),
    ),
    format: Type.Optional(
      Type.Enum(['auto', 'pretty', 'json'], {
        default: defaults.log.format,
        description: '`pretty` is for people, `json` one object a line for programs. `auto`: pretty on a terminal.',
      }),
    ),
  },
  { description: 'What the gateway writes to standard output while it runs.' },
)

const timeouts = section(
  {
    connect_ms: milliseconds(defaults.timeouts.connect_ms, 'Until the connection to a provider is established, in ms.'),
    first_token_ms: milliseconds(
      defaults.timeouts.first_token_ms,
      'Until the first content of a stream, in ms. Without `stream`, the last endpoint gets 100 ms for each of `max_tokens`, at least 60 s.',
    ),
    idle_ms: milliseconds(defaults.timeouts.idle_ms, 'Between two chunks or comments of a stream, in ms.'),
    total_ms: milliseconds(
      defaults.timeouts.total_ms,
      'Until a reply is complete, in ms. While another endpoint is left, an endpoint gets at most half of the remaining time to begin.',
    ),
  },
  {
    description:
      'How long a provider may take. These are upper limits: while another endpoint is left, the router waits only as long as is usual for the endpoint, with and without `stream`; see docs/routing.md.',
  },
)

const megabytes = (byDefault: number, description: string, maximum = 1024) =>
  Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum, default: byDefault, description }))

const times = (byDefault: number, description: string) =>
  Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000, default: byDefault, description }))

const freeModels = section(
  {
    per_minute: times(defaults.free_models.per_minute, 'Requests in a minute.'),
    per_day: times(defaults.free_models.per_day, 'Requests in a day, which begins at midnight UTC.'),
  },
  {},
)

const limits = section(
  {
    body_mb: megabytes(defaults.limits.body_mb, 'Largest request body, in MiB.'),
    json_depth: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1000,
        default: defaults.limits.json_depth,
        description: 'Deepest nesting of a request body, in levels.',
      }),
    ),
    frame_mb: megabytes(defaults.limits.frame_mb, 'Largest single frame of a provider’s stream, in MiB.'),
    uploads_mb: megabytes(
      defaults.limits.uploads_mb,
      'The most disk, in the folder for temporary files, of the audio of all requests that are being transcribed, in MiB. Each may have 25 MB.',
      1_048_576,
    ),
    calls_per_request: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10_000,
        default: defaults.limits.calls_per_request,
        description:
          'The maximum number of calls to providers for one request. Retries, fallbacks, hedges and rescues count, and so does each choice of a completion that a chat model serves.',
      }),
    ),
    response_cache_mb: megabytes(
      defaults.limits.response_cache_mb,
      'The most memory of the answers that clients have cached with `X-OpenRouter-Cache: true`, in MiB.',
    ),
    requests_per_minute: perMinute(
      'How many requests a key may send in a minute, where the key has no limit of its own. `null` is no limit.',
    ),
    tokens_per_minute: perMinute(
      'How many tokens of prompts and answers a key may use in a minute, where the key has no limit of its own. `null` is no limit.',
    ),
    free_models: Type.Optional(
      Type.Union([freeModels, Type.Null()], {
        default: null,
        description: 'How many requests an account may send to models that cost nothing. `null` is no limit.',
      }),
    ),
  },
  { description: 'Limits for what the gateway receives, and for the calls that it makes; see docs/limits.md.' },
)

const fetch = section(
  {
    allow: Type.Optional(
      Type.Array(
        Type.String({
          maxLength: 255,
          // Matches hosts and domains, IPv4 blocks and IPv6. `check-meaning.ts` validates addresses further.
          pattern: '^((\\*\\.)?[\\w-]+(\\.[\\w-]+)*|[0-9.]+/[0-9]{1,3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(/[0-9]{1,3})?)$',
          patternErrorMessage:
            'must be a host, a domain, an IP address or a block of them, such as files.internal, *.svc.cluster.local, 10.1.2.3 or 10.0.0.0/8',
        }),
        {
          default: defaults.fetch.allow,
          description:
            'Addresses outside the public internet that URLs in requests (of images, files, videos) may name: IP addresses, blocks (`10.0.0.0/8`), host names, and `*.` with a domain for every name below it. All of their ports are allowed. Link-local addresses and those of cloud metadata services are never allowed.',
        },
      ),
    ),
  },
  {
    description:
      'What the gateway fetches on behalf of clients. This does not concern the configured addresses of providers, which may be private.',
  },
)

const byok = section(
  {
    fee_percent: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 100,
        default: defaults.byok.fee_percent,
        description: 'What the gateway charges, in per cent of the list price.',
      }),
    ),
    monthly_allowance: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1_000_000_000,
        default: defaults.byok.monthly_allowance,
        description:
          'The sum of list prices, in USD, up to which an account pays no fee in a calendar month (UTC). Each gateway process counts what other processes have served only when it first serves the account in that month.',
      }),
    ),
  },
  {
    description:
      'The fee for calls with keys that accounts bring for providers (BYOK), which the providers charge to these accounts; see docs/byok.md.',
  },
)

const operatorConsole = section(
  {
    enabled: Type.Optional(
      Type.Boolean({
        default: defaults.console.enabled,
        description: 'Whether a browser that opens the address of the gateway gets the console.',
      }),
    ),
  },
  { description: 'The console, the web pages of the operator; see docs/console.md.' },
)

/** The schema of the whole file. Keys are written as users write them; `config.ts` declares the names inside the program. */
export const configSchema = section(
  {
    $schema: Type.Optional(Type.String({ description: 'The address of this schema, for editors.' })),
    server: Type.Optional(server),
    storage: Type.Optional(storage),
    secrets: Type.Optional(secrets),
    log: Type.Optional(log),
    keys: Type.Optional(keys),
    accounts: Type.Optional(accounts),
    discovery: Type.Optional(
      Type.Boolean({
        default: defaults.discovery,
        description:
          'Whether to offer the built-in providers whose environment variables are set, the local servers that answer, and the simulator, beside what this file names.',
      }),
    ),
    bare_names: Type.Optional(
      Type.Boolean({
        default: defaults.bare_names,
        description: 'Whether a name without its author, such as `gpt-4o`, means the one model of that name.',
      }),
    ),
    providers: Type.Optional(providers),
    models: Type.Optional(models),
    default_model: Type.Optional(Type.String({ ...modelName, description: 'The model for requests that name none.' })),
    aliases: Type.Optional(
      Type.Unsafe<Record<string, string>>({
        type: 'object',
        additionalProperties: Type.String(modelName),
        description:
          'Other names for models, such as those that a client sends whatever is served here. A `*` stands for any characters; a name without one has priority, then the order of the list. The name on the right is a model as in a request, e.g. `openai/gpt-5.1:nitro`. An alias has priority over a model of that name.',
      }),
    ),
    routing: Type.Optional(routing),
    timeouts: Type.Optional(timeouts),
    stream_rescue: Type.Optional(
      Type.Enum(['off', 'continue'], {
        default: defaults.stream_rescue,
        description:
          'What happens when a stream breaks off after it began. `off`: it ends with an error. `continue`: another endpoint continues it; see docs/stream-rescue.md. The header `X-Waygate-Stream-Rescue` overrides it.',
      }),
    ),
    keepalive_ms: milliseconds(
      defaults.keepalive_ms,
      'How long a stream sends nothing before its first comment is sent, in ms.',
    ),
    limits: Type.Optional(limits),
    console: Type.Optional(operatorConsole),
    fetch: Type.Optional(fetch),
    search: Type.Optional(search),
    byok: Type.Optional(byok),
    moderation: Type.Optional(moderation),
    ocr: Type.Optional(ocr),
    telemetry: Type.Optional(telemetry),
    broadcast: Type.Optional(broadcast),
  },
  {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Waygate configuration',
    description: 'Everything is optional. `${NAME}` in a string reads the environment; `$${` is a literal `${`.',
  },
)

export type ConfigFile = Static<typeof configSchema>
