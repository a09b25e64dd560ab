/**
 * The parts of undici that the gateway uses. Its index loads `fetch`, caches, mocks and WebSockets as well, which cost 11 MB of memory and
 * a twentieth of the start time (docs/decisions/0027-what-a-start-loads.md).
 */
declare module 'undici/lib/dispatcher/agent.js' {
  export { Agent as default } from 'undici'
}

declare module 'undici/lib/dispatcher/client.js' {
  export { Client as default } from 'undici'
}

declare module 'undici/lib/core/connect.js' {
  export { buildConnector as default } from 'undici'
}
