import type { Dispatcher } from 'undici'
import { checkReply } from './check-reply.ts'
import { requestBody, surfaceOf, type Traffic } from './traffic.ts'

/** The target of requests: a subject, or the upstream itself. */
export interface Target {
  readonly origin: string
  readonly path: string
  readonly healthPath: string
  readonly headers: Readonly<Record<string, string>>
}

/** Sends one request and checks its whole reply. Rejects when it is not the reply that the upstream sent. */
export function exchange(dispatcher: Dispatcher, target: Target, traffic: Traffic): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const chunks: Buffer[] = []
  let status = 0
  dispatcher.dispatch(requestFor(target, traffic), {
    onRequestStart() {},
    onResponseStart(_controller, statusCode) {
      status = statusCode
    },
    onResponseData(_controller, chunk) {
      chunks.push(chunk)
    },
    onResponseEnd() {
      try {
        resolve(checkReply(traffic, status, Buffer.concat(chunks).toString()))
      } catch (error) {
        reject(error)
      }
    },
    onResponseError(_controller, error) {
      reject(error)
    },
  })
  return promise
}

/** Opens a stream that sends nothing after its first bytes, and resolves when those have arrived. */
export function openIdleStream(dispatcher: Dispatcher, target: Target): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  dispatcher.dispatch(requestFor(target, 'idle'), {
    onRequestStart() {},
    onResponseStart(controller, status) {
      if (status !== 200) controller.abort(new Error(`status ${status} for an idle stream`))
    },
    onResponseData() {
      resolve()
    },
    onResponseEnd() {
      reject(new Error('an idle stream ended by itself'))
    },
    onResponseError(_controller, error) {
      reject(error)
    },
  })
  return promise
}

const bodies = new Map<Traffic, Buffer>()

function requestFor(target: Target, traffic: Traffic): Dispatcher.DispatchOptions {
  if (traffic === 'health') return { origin: target.origin, path: target.healthPath, method: 'GET' }
  const body = bodies.get(traffic) ?? requestBody(traffic)
  bodies.set(traffic, body)
  const headers = { 'content-type': 'application/json', ...target.headers }
  const path = target.path.replace('/chat/completions', surfaceOf(traffic))
  return { origin: target.origin, path, method: 'POST', headers, body }
}
