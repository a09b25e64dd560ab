/**
 * What every client language says to the gateway: ours to read or to write, and never passed on as it came (contract Appendix A, last
 * row).
 */
export const gatewayFieldNames: readonly string[] = [
  'model',
  'models',
  'route',
  'provider',
  'plugins',
  'preset',
  'transforms',
  'stream',
  'stream_options',
  'usage',
  'session_id',
  'trace',
  'debug',
  'metadata',
  'user',
  'speed',
  'deferred_tools',
  'max_tool_calls',
  'stop_server_tools_when',
  // As a key of a literal it would set the prototype.
  '__proto__',
]
