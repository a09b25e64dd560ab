/**
 * Node's HTTP module. An `import` of it would read all its names, and one of them, `WebSocket`, loads Node's own copy of undici, which the
 * gateway does not use: 14 MB of memory and a tenth of the start (docs/decisions/0027-what-a-start-loads.md).
 */
export const { createServer } = process.getBuiltinModule('node:http')
