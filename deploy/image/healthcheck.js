// Ends with 0 when the gateway in this container answers /healthz, and with 1 otherwise.
const url = `http://127.0.0.1:${process.env.WAYGATE_PORT || 8402}/healthz`
fetch(url, { signal: AbortSignal.timeout(2_500) }).then(
  ({ ok }) => process.exit(ok ? 0 : 1),
  () => process.exit(1),
)
